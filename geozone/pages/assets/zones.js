// The evidence grid, and the layer of canvas tiles that colours it for one activity.
function evidenceGrid(meta, bytes) {
  const Cells = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array }[meta.bits];
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (!little) {
    const wide = Cells.BYTES_PER_ELEMENT;
    for (let at = 0; at < bytes.length; at += wide) bytes.subarray(at, at + wide).reverse();
  }
  const cells = new Cells(bytes.buffer, bytes.byteOffset, meta.rows * meta.cols);
  const ground = transverseMercator(meta.projection), size = meta.resolution_m;
  return {
    cells, ground, meta,
    place(lon, lat) {
      const [x, y] = ground.forward(lon, lat);
      return { x, y, col: Math.floor((x - meta.left) / size), line: Math.floor((meta.top - y) / size) };
    },
    // The evidence row of a cell; null outside the area.
    row(line, col) {
      if (col < 0 || line < 0 || col >= meta.cols || line >= meta.rows) return null;
      const value = cells[line * meta.cols + col];
      return value === meta.outside ? null : value;
    },
    centre: (line, col) => [meta.left + (col + 0.5) * size, meta.top - (line + 0.5) * size],
    corners(line, col) {
      const x = meta.left + col * size, y = meta.top - line * size;
      return [[x, y], [x + size, y], [x + size, y - size], [x, y - size]]
        .map((each) => ground.inverse(...each).reverse());
    },
  };
}

// Whether a hatch of the verdict marks the pixel; patterns repeat every eight pixels.
const HATCHES = {
  prohibited: (x, y) => ((x + y) & 7) < 2,
  restricted: (x, y) => (y & 7) < 1,
  undetermined: (x, y) => (x & 7) < 2 && (y & 7) < 2 || ((x + 4) & 7) < 2 && ((y + 4) & 7) < 2,
  allowed: () => false,
  no_rule: () => false,
  suitable: () => false,
  moderate: () => false,
  unsuitable: () => false,
};
HATCHES.closed = HATCHES.prohibited;

// Per verdict, plain and hatched colour: [red, green, blue] each.
function paints(colours) {
  return Object.fromEntries(Object.entries(colours).map(([verdict, hex]) => {
    const plain = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return [verdict, [plain, plain.map((one) => Math.round(one + (255 - one) * 0.42))]];
  }));
}

function swatch(verdict, paint) {
  const canvas = document.createElement("canvas"), scale = 2;
  canvas.width = 26 * scale; canvas.height = 16 * scale;
  canvas.className = "swatch";
  canvas.setAttribute("aria-hidden", "true");
  const brush = canvas.getContext("2d"), image = brush.createImageData(canvas.width, canvas.height);
  for (let at = 0; at < image.data.length / 4; at++) {
    const x = (at % canvas.width) / scale | 0, y = Math.floor(at / canvas.width) / scale | 0;
    image.data.set([...paint[HATCHES[verdict](x, y) ? 1 : 0], 255], at * 4);
  }
  brush.putImageData(image, 0, 0);
  return canvas;
}

const ZoneLayer = L.GridLayer.extend({
  initialize(grid, verdicts, paint, options) {
    this._evidence = grid;
    this._names = Object.keys(paint);
    this._paints = this._names.map((name) => paint[name]);
    this._hatches = this._names.map((name) => HATCHES[name]);
    this._codes = Uint8Array.from(verdicts, (name) => this._names.indexOf(name));
    L.GridLayer.prototype.initialize.call(this, options);
  },

  createTile(coords) {
    const canvas = document.createElement("canvas");
    const dense = window.devicePixelRatio > 1.4 ? 2 : 1, wide = 256 * dense;
    canvas.width = wide; canvas.height = wide;
    const brush = canvas.getContext("2d"), image = brush.createImageData(wide, wide);
    this._fill(image.data, wide, dense, this._lattice(coords));
    brush.putImageData(image, 0, 0);
    return canvas;
  },

  // Columns and lines of the grid (with fractions) at 17 x 17 points of the tile.
  _lattice(coords) {
    const { meta, ground } = this._evidence, found = new Float64Array(17 * 17 * 2);
    for (let j = 0, at = 0; j < 17; j++) {
      for (let i = 0; i < 17; i++, at += 2) {
        const pixel = L.point(coords.x * 256 + i * 16, coords.y * 256 + j * 16);
        const place = this._map.unproject(pixel, coords.z);
        const [x, y] = ground.forward(place.lng, place.lat);
        found[at] = (x - meta.left) / meta.resolution_m;
        found[at + 1] = (meta.top - y) / meta.resolution_m;
      }
    }
    return found;
  },

  _fill(data, wide, dense, lattice) {
    const side = 16 * dense;
    const cellsPerPixel = Math.hypot(lattice[2] - lattice[0], lattice[3] - lattice[1]) / side;
    const fine = Math.min(3, Math.max(1, Math.ceil(cellsPerPixel)));
    for (let y = 0; y < wide; y++) {
      for (let x = 0; x < wide; x++) this._pixel(data, wide, dense, lattice, x, y, fine);
    }
  },

  // One pixel: the mean colour of fine x fine samples, so that thin zones stay visible.
  _pixel(data, wide, dense, lattice, x, y, fine) {
    const { meta, cells } = this._evidence, side = 16 * dense;
    const px = x / dense | 0, py = y / dense | 0;
    let red = 0, green = 0, blue = 0, hits = 0;
    for (let sample = 0; sample < fine * fine; sample++) {
      const sx = (x + (sample % fine + 0.5) / fine) / side;
      const sy = (y + ((sample / fine | 0) + 0.5) / fine) / side;
      const i = sx | 0, j = sy | 0, u = sx - i, v = sy - j, at = (j * 17 + i) * 2;
      const nw = (1 - u) * (1 - v), ne = u * (1 - v), sw = (1 - u) * v, se = u * v;
      const col = Math.floor(
        lattice[at] * nw + lattice[at + 2] * ne + lattice[at + 34] * sw + lattice[at + 36] * se);
      const line = Math.floor(
        lattice[at + 1] * nw + lattice[at + 3] * ne + lattice[at + 35] * sw + lattice[at + 37] * se);
      if (col < 0 || line < 0 || col >= meta.cols || line >= meta.rows) continue;
      const row = cells[line * meta.cols + col];
      if (row === meta.outside) continue;
      const code = this._codes[row];
      const colour = this._paints[code][this._hatches[code](px, py) ? 1 : 0];
      red += colour[0]; green += colour[1]; blue += colour[2]; hits++;
    }
    if (!hits) return;
    const target = (y * wide + x) * 4;
    data[target] = red / hits; data[target + 1] = green / hits; data[target + 2] = blue / hits;
    data[target + 3] = 255 * hits / (fine * fine);
  },
});
