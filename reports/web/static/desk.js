// The desk works without this: keys to move through rows, live totals, and dropping files.
"use strict";

(() => {
  const inField = (event) => event.target.closest("input, select, textarea, [contenteditable]");

  // ---- keys ----
  const links = () => [...document.querySelectorAll("[data-rows] tbody a")];
  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/") document.querySelector("[data-search]")?.focus();
    else if (event.key === "n") document.querySelector("[data-key=n]")?.click();
    else if (event.key === "x" && document.activeElement.closest("[data-rows] tr")) {
      document.activeElement.closest("tr").querySelector("input[type=checkbox]")?.click();
    } else if (event.key === "?") document.querySelector("footer").scrollIntoView();
    else return;
    event.preventDefault();
  });

  // ---- totals, in whole fen so that nothing is rounded ----
  const fen = (text) => {
    const found = /^(\d[\d,]*)(?:\.(\d{1,2}))?$/.exec(text.trim());
    if (!found) return 0n;
    return BigInt(found[1].replaceAll(",", "")) * 100n + BigInt((found[2] ?? "").padEnd(2, "0") || "0");
  };
  const words = (sum) => `${sum / 100n}.${String(sum % 100n).padStart(2, "0")}`;
  for (const form of document.querySelectorAll("[data-entry]")) {
    const show = () => {
      const sums = {};
      for (const side of ["debit", "credit"]) {
        sums[side] = [...form.querySelectorAll(`[data-${side}]`)].reduce((sum, field) => sum + fen(field.value), 0n);
        form.querySelector(`[data-sum=${side}]`).textContent = words(sums[side]);
      }
      form.querySelector("tfoot").classList.toggle("negative", sums.debit !== sums.credit);
    };
    form.addEventListener("input", show);
    show();
  }

  // ---- files dropped on a form go into its file field ----
  for (const form of document.querySelectorAll("[data-drop]")) {
    const field = form.querySelector("input[type=file]");
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      const files = new DataTransfer();
      for (const file of [...field.files, ...event.dataTransfer.files]) files.items.add(file);
      field.files = files.files;
    });
  }

  document.getElementById("findings")?.focus();
})();
