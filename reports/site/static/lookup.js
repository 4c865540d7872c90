// Leads from a receipt's text, or a member's code, to the page of one's own. What is entered stays here.
"use strict";

/** SHA-256 (FIPS 180-4) of bytes. Browsers have their own only where the site is served encrypted. */
function sha256(bytes) {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((p) => n % p)) primes.push(n);
  }
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const k = primes.map((p) => fraction(Math.cbrt(p)));
  const h = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < padded.length; at += 64) {
    const w = [];
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) {
        w.push(view.getInt32(at + 4 * i));
      } else {
        const a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
        const b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
        w.push((w[i - 16] + a + w[i - 7] + b) | 0);
      }
    }
    let [a, b, c, d, e, f, g, last] = h;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const one = (last + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [last, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, last].forEach((word, i) => { h[i] = (h[i] + word) | 0; });
  }
  const out = new Uint8Array(32);
  h.forEach((word, i) => new DataView(out.buffer).setInt32(4 * i, word));
  return out;
}

/** The first 26 characters of bytes in lower-case base32. */
function name(bytes) {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g).slice(0, 26).map((five) => letters[parseInt(five, 2)]).join("");
}

/** The 32 bytes of an opening in hexadecimal or base64url, alone or in a receipt's text; else null. */
function opening(text) {
  const code = text.startsWith("MB1|") ? text.split("|")[9] ?? "" : text;
  if (/^[0-9a-f]{64}$/i.test(code)) {
    return Uint8Array.from(code.match(/../g), (two) => parseInt(two, 16));
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(code)) return null;
  const plain = atob(code.replaceAll("-", "+").replaceAll("_", "/") + "=");
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The name of the page that a text leads to, or null. */
function page(what, text) {
  const given = text.replace(/\s/g, "");
  if (what === "dues") return /^[a-z2-7]{26}$/i.test(given) ? given.toLowerCase() : null;
  const found = opening(given);
  if (found === null) return null;
  return name(sha256(Uint8Array.from([...new TextEncoder().encode("mingbai-page-1"), ...found])));
}

const form = document.getElementById("lookup");
const field = document.getElementById("code");
const bad = document.getElementById("bad");
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = page(form.dataset.what, field.value);
  bad.textContent = found === null ? bad.dataset.text : "";
  field.setAttribute("aria-invalid", String(found === null));
  if (found === null) field.focus();
  else location.assign(`my/${found}.html`);
});
