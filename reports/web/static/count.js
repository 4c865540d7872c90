// Counting works without this: the form is sent and the page comes back. With it the page stays,
// what was seen is sent in the background, and the camera goes on reading labels.
"use strict";

(() => {
  const form = document.querySelector("form[data-count]");
  const what = form.elements.namedItem("what");
  const place = form.elements.namedItem("place");
  let busy = false;

  // ---- sending, and showing what comes back ----
  const show = (page) => {
    for (const id of ["counted", "beside"]) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id).replaceWith(fresh);
    }
  };
  const send = async (button) => {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button) });
      if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("counted")) throw new Error("no page"); // signed out meanwhile
      show(page);
      if (answer.ok) {
        history.replaceState(null, "", answer.url);
        for (const name of ["what", "keeper", "note", "photo", "found", "worth"]) form.elements.namedItem(name).value = "";
      }
      const well = page.querySelector(".verdict.well");
      navigator.vibrate?.(well ? 60 : [80, 60, 80]);
      scrollTo({ top: 0 });
      if (!stream) what.focus({ preventScroll: true });
    } catch {
      location.reload();
    } finally {
      busy = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter);
  });
  // Another place has other things. What is typed meanwhile stays.
  place.addEventListener("change", async () => {
    const address = new URL(location.href);
    address.search = "";
    address.searchParams.set("place", place.value);
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!busy && answer.ok && page.getElementById("counted")) {
        show(page);
        history.replaceState(null, "", address);
      }
    } catch {
      // The list of the place before stands until the next thing is entered.
    }
  });

  // ---- the camera ----
  const look = document.getElementById("look");
  const video = document.getElementById("camera");
  const told = document.getElementById("camera-told");
  let stream = null;
  let last = "";
  let since = 0;
  const say = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    video.srcObject = null;
  };
  const read = async (detector) => {
    if (!stream) return;
    try {
      const [found] = await detector.detect(video);
      const now = Date.now();
      // The same label is before the camera for a while; it is one thing.
      if (found && (found.rawValue !== last || now - since > 4000)) {
        if (!place.value.trim()) say("先写明地点 name the place first");
        else if (!busy) {
          [last, since] = [found.rawValue, now];
          say("");
          what.value = found.rawValue;
          await send(null);
        }
      } else if (found) since = now;
    } catch {
      // A frame that cannot be read is followed by another one.
    }
    setTimeout(read, 200, detector);
  };
  const begin = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      say("");
      read(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      say("相机不能使用，请输入编号 the camera cannot be used: type the number");
    }
  };
  const able = async () => "BarcodeDetector" in globalThis && navigator.mediaDevices &&
    (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
  able().then((yes) => {
    look.hidden = !yes;
  }).catch(() => {});
  look.addEventListener("click", () => (stream ? stop() : begin()));
})();
