// Transverse Mercator after Krüger, to the fourth order: better than a millimetre in a zone.
function transverseMercator(p) {
  const rad = Math.PI / 180, f = p.f, n = f / (2 - f), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
  const e = Math.sqrt(f * (2 - f));
  const scale = p.k * p.a / (1 + n) * (1 + n2 / 4 + n4 / 64);
  const alpha = [
    n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180,
    13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440,
    61 * n3 / 240 - 103 * n4 / 140,
    49561 * n4 / 161280,
  ];
  const beta = [
    n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360,
    n2 / 48 + n3 / 15 - 437 * n4 / 1440,
    17 * n3 / 480 - 37 * n4 / 840,
    4397 * n4 / 161280,
  ];

  function series(factors, sign, xi, eta) {
    let x = xi, y = eta;
    for (let j = 1; j <= 4; j++) {
      x += sign * factors[j - 1] * Math.sin(2 * j * xi) * Math.cosh(2 * j * eta);
      y += sign * factors[j - 1] * Math.cos(2 * j * xi) * Math.sinh(2 * j * eta);
    }
    return [x, y];
  }

  function unscaled(lon, lat) {
    const sin = Math.sin(lat * rad), away = (lon - p.lon_0) * rad;
    const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin));
    const xi = Math.atan2(t, Math.cos(away));
    const eta = Math.asinh(Math.sin(away) / Math.hypot(t, Math.cos(away)));
    return series(alpha, 1, xi, eta);
  }

  const origin = p.y_0 - scale * unscaled(p.lon_0, p.lat_0)[0];

  return {
    // Degrees to metres: [x east, y north].
    forward(lon, lat) {
      const [xi, eta] = unscaled(lon, lat);
      return [p.x_0 + scale * eta, origin + scale * xi];
    },
    // Metres to degrees: [longitude, latitude].
    inverse(x, y) {
      const [xi, eta] = series(beta, -1, (y - origin) / scale, (x - p.x_0) / scale);
      const t = Math.asinh(Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi)));
      let sin = Math.tanh(t);
      for (let turn = 0; turn < 8; turn++) sin = Math.tanh(t + e * Math.atanh(e * sin));
      const lon = p.lon_0 + Math.atan2(Math.sinh(eta), Math.cos(xi)) / rad;
      return [lon, Math.asin(sin) / rad];
    },
  };
}
