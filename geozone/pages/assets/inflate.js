// Base64 of gzip to bytes: by the browser where it can, else by the small inflate below.
async function unpack(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  if (typeof DecompressionStream === "undefined") return inflate(packed, 10);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Codes by their lengths: how many of each length, and the symbols in order (RFC 1951, 3.2.2).
function codeTable(lengths) {
  const count = new Uint16Array(16), start = new Uint16Array(16);
  for (const one of lengths) count[one]++;
  count[0] = 0;
  for (let bits = 1; bits < 16; bits++) start[bits] = start[bits - 1] + count[bits - 1];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((bits, symbol) => { if (bits) symbols[start[bits]++] = symbol; });
  return { count, symbols };
}

// The deflate stream in `data` from byte `at`; the gzip header written here has ten bytes and the
// trailer tells the size.
function inflate(data, at) {
  const size = new DataView(data.buffer).getUint32(data.length - 4, true);
  const out = new Uint8Array(size);
  let done = 0, held = 0, holds = 0;

  function bits(wanted) {
    while (holds < wanted) { held |= data[at++] << holds; holds += 8; }
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted; holds -= wanted;
    return value;
  }

  function symbol(table) {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length++) {
      code |= bits(1);
      const many = table.count[length];
      if (code - many < first) return table.symbols[index + code - first];
      index += many; first = (first + many) << 1; code <<= 1;
    }
    throw new Error("broken data");
  }

  const bases = (first, extras) => extras.map((extra, place) =>
    extras.slice(0, place).reduce((sum, one) => sum + (1 << one), first));
  const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
    5, 5, 5, 5, 0];
  const lengthBase = bases(3, lengthExtra);
  lengthBase[28] = 258;
  const wayExtra = Array.from({ length: 30 }, (_, place) => Math.max(0, (place >> 1) - 1));
  const wayBase = bases(1, wayExtra);
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  function fixed() {
    const lengths = Array.from({ length: 288 }, (_, code) =>
      code < 144 ? 8 : code < 256 ? 9 : code < 280 ? 7 : 8);
    return [codeTable(lengths), codeTable(new Array(30).fill(5))];
  }

  function dynamic() {
    const literals = bits(5) + 257, ways = bits(5) + 1, codes = bits(4) + 4;
    const lengths = new Array(19).fill(0);
    for (let place = 0; place < codes; place++) lengths[order[place]] = bits(3);
    const table = codeTable(lengths), all = [];
    while (all.length < literals + ways) {
      const code = symbol(table);
      if (code < 16) all.push(code);
      else {
        const value = code === 16 ? all[all.length - 1] : 0;
        let times = code === 16 ? 3 + bits(2) : code === 17 ? 3 + bits(3) : 11 + bits(7);
        while (times--) all.push(value);
      }
    }
    return [codeTable(all.slice(0, literals)), codeTable(all.slice(literals))];
  }

  function stored() {
    held = 0; holds = 0;
    const length = data[at] | (data[at + 1] << 8);
    out.set(data.subarray(at + 4, at + 4 + length), done);
    at += 4 + length; done += length;
  }

  function block(literal, way) {
    for (let code = symbol(literal); code !== 256; code = symbol(literal)) {
      if (code < 256) { out[done++] = code; continue; }
      let length = lengthBase[code - 257] + bits(lengthExtra[code - 257]);
      const step = symbol(way), back = wayBase[step] + bits(wayExtra[step]);
      for (; length--; done++) out[done] = out[done - back];
    }
  }

  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else block(...(kind === 1 ? fixed() : dynamic()));
  }
  return out;
}
