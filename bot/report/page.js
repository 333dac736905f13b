"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? cell.dataset.value : cell.textContent.trim();
  };
  const compare = (one, other) =>
    isNaN(one) || isNaN(other) ? one.localeCompare(other) : Number(one) - Number(other);
  const sort = (head, column) => {
    const down = head.ariaSort ? head.ariaSort === "ascending" : "down" in head.dataset;
    for (const each of heads) each.ariaSort = null;
    head.ariaSort = down ? "descending" : "ascending";
    const known = [...body.rows].filter((row) => value(row, column) !== "");
    const unknown = [...body.rows].filter((row) => value(row, column) === "");
    known.sort((one, other) => (down ? -1 : 1) * compare(value(one, column), value(other, column)));
    body.append(...known, ...unknown);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });
}

const find = document.querySelector("#find");
if (find) {
  const rows = [...document.querySelectorAll("#releases tbody tr")];
  const lab = (row) => row.cells[1].textContent;
  const has = (row, name, wanted) => !wanted || row.dataset[name].split(" ").includes(wanted);
  const show = () => {
    const asked = Object.fromEntries(new FormData(find));
    const words = asked.text.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(words.every((word) => text.includes(word)) && (!asked.lab || lab(row) === asked.lab)
        && has(row, "license", asked.license) && has(row, "size", asked.size));
    }
    find.querySelector("output").value = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  for (const name of [...new Set(rows.map(lab))].sort((one, other) => one.localeCompare(other)))
    find.elements.lab.add(new Option(name));
  find.addEventListener("input", show);
  find.addEventListener("submit", (event) => event.preventDefault());
  find.addEventListener("reset", () => setTimeout(show));
  find.hidden = false;
  show();
}
