(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("#findings-list > tbody > tr")];
  const shown = document.getElementById("filter-shown");
  const words = rows.map((row) => row.textContent.toLowerCase());
  const apply = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    const area = form.elements.area.value;
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    let count = 0;
    rows.forEach((row, at) => {
      const fits = severities.has(row.dataset.severity) && (!area || row.dataset.area === area) && words[at].includes(text);
      row.hidden = !fits;
      if (fits) count += 1;
    });
    shown.textContent = shown.dataset.text.replace("{n}", count.toLocaleString("en-US"));
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
  const closed = [];
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((part) => { closed.push(part); part.open = true; });
  });
  addEventListener("afterprint", () => { closed.splice(0).forEach((part) => { part.open = false; }); });
})();
