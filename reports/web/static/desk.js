// The desk works without this: keys, live totals, and files that are dropped or taken off again.
"use strict";

(() => {
  const inField = (element) => element.closest("input, select, textarea, [contenteditable]");

  // ---- keys ----
  const links = () => [...document.querySelectorAll("[data-rows] tbody")].flatMap((body) =>
    [...body.rows].map((row) => row.querySelector("a")).filter(Boolean));
  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const row = document.activeElement.closest("tr");
    const at = all.findIndex((link) => link.closest("tr") === row);
    all[Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  };
  // What a key stands for is written on the page: a link, a button, or what opens a form.
  const press = (key) => {
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return false;
    found.click();
    if (found.tagName === "SUMMARY") {
      const part = found.parentElement;
      part.scrollIntoView({ block: "nearest" });
      (part.open && part.querySelector("input:not([type=hidden]), textarea, select") || found).focus();
    }
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (inField(at)) {
      if (event.key === "Escape") at.blur();
      if (event.key === "Enter" && event.ctrlKey) {
        event.preventDefault(); // or the form's first button would be pressed as well
        at.form?.querySelector("[data-key=s]")?.click();
      }
      if (at.type !== "checkbox") return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/" && document.querySelector("[data-search]")) document.querySelector("[data-search]").focus();
    else if (event.key === "x" && document.activeElement.closest("[data-rows] tr")) {
      document.activeElement.closest("tr").querySelector("input[type=checkbox]")?.click();
    } else if (event.key.length !== 1 || !press(event.key)) return;
    event.preventDefault();
  });

  // ---- totals, in whole fen so that nothing is rounded ----
  const fen = (text) => {
    const found = /^(\d[\d,]*)(?:\.(\d{1,2}))?$/.exec(text.trim());
    if (!found) return 0n;
    return BigInt(found[1].replaceAll(",", "")) * 100n + BigInt((found[2] ?? "").padEnd(2, "0") || "0");
  };
  const words = (sum) => {
    const whole = String(sum / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${whole}.${String(sum % 100n).padStart(2, "0")}`;
  };
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

  // ---- files: dropped on a form they go into its field; each may be taken off before sending ----
  for (const form of document.querySelectorAll("[data-drop]")) {
    const field = form.querySelector("input[type=file]");
    if (!field) continue;
    const list = document.createElement("ul");
    list.className = "chosen";
    list.setAttribute("aria-live", "polite");
    field.after(list);
    const keep = (files) => {
      const kept = new DataTransfer();
      for (const file of files) kept.items.add(file);
      field.files = kept.files;
      show();
    };
    const show = () => {
      list.replaceChildren(...[...field.files].map((file, place) => {
        const row = document.createElement("li");
        const off = document.createElement("button");
        off.type = "button";
        off.className = "plain";
        off.textContent = "移除 Remove";
        off.setAttribute("aria-label", `移除 remove ${file.name}`);
        off.addEventListener("click", () => {
          keep([...field.files].filter((_, other) => other !== place));
          field.focus();
        });
        row.append(`${file.name} · ${Math.ceil(file.size / 1024)} KiB `, off);
        return row;
      }));
    };
    field.addEventListener("change", show);
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      const dropped = [...event.dataTransfer.files];
      keep(field.multiple ? [...field.files, ...dropped] : dropped.slice(0, 1));
    });
  }

  document.getElementById("findings")?.focus();
})();
