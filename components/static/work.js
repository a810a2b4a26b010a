/* The proof of work: which number, written after the salt, has this SHA-256? Done here in slices, so that the page stays
   alive; by our own few lines of SHA-256, because the browser's is not there without https, as on a demonstration. */
const K = new Uint32Array(64), FIRST = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
  if (!prime) continue;
  if (found < 8) FIRST[found] = (Math.sqrt(n) % 1) * 2 ** 32;
  K[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
}
const W = new Uint32Array(64), H = new Uint32Array(8);
const turned = (word, by) => (word >>> by) | (word << (32 - by));

/* One block is enough: a salt and a number stay below 56 letters. */
export function sha256(text) {
  W.fill(0, 0, 16);
  for (let i = 0; i < text.length; i++) W[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  W[text.length >> 2] |= 0x80 << (24 - (text.length & 3) * 8);
  W[15] = text.length * 8;
  for (let i = 16; i < 64; i++) {
    const a = W[i - 15], b = W[i - 2];
    W[i] = W[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ (a >>> 3)) + W[i - 7] + (turned(b, 17) ^ turned(b, 19) ^ (b >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = FIRST;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { H[i] = FIRST[i] + word; });
  return H;
}

export function work(id, task) {
  const wanted = task.digest.match(/.{8}/g).map((hex) => parseInt(hex, 16));
  let number = 0;
  const slice = () => {
    const until = performance.now() + 20;
    while (performance.now() < until)
      for (let i = 0; i < 50 && number <= task.most; i++, number++) {
        const hash = sha256(task.salt + number);
        if (hash[0] === wanted[0] && hash.every((word, at) => word === wanted[at])) return tell(id, { salt: task.salt, number });
      }
    if (number <= task.most) setTimeout(slice);
  };
  slice();
}

/* The page may be drawing the element only now. */
function tell(id, detail, tries = 80) {
  const target = document.getElementById(id);
  if (target) target.dispatchEvent(new CustomEvent("solved", { detail }));
  else if (tries > 0) setTimeout(() => tell(id, detail, tries - 1), 25);
}
