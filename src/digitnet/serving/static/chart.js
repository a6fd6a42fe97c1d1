// A small line chart on logarithmic values: the last steps matter as much as the first.

const SVG = "http://www.w3.org/2000/svg";
const BOX = { height: 220, left: 44, right: 10, top: 10, bottom: 26 };

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Draw points [step, value]: `raw` faintly, `curve` strongly. */
export function chart(svg, title, raw, curve) {
  const width = svg.clientWidth || 420;
  svg.setAttribute("viewBox", `0 0 ${width} ${BOX.height}`);
  svg.setAttribute("aria-label", title);
  const values = [...raw, ...curve].map(([, value]) => value).filter((value) => value > 0);
  if (values.length < 2) {
    svg.replaceChildren();
    return;
  }
  const bottom = Math.log10(Math.max(percentile(values, 0.01) * 0.7, 1e-6));
  const top = Math.log10(Math.max(...values) * 1.15);
  const last = Math.max(1, ...[...raw, ...curve].map(([step]) => step));
  const x = (step) => BOX.left + (step / last) * (width - BOX.left - BOX.right);
  const y = (value) => {
    const share = (Math.log10(Math.max(value, 10 ** bottom)) - bottom) / (top - bottom);
    return BOX.height - BOX.bottom - share * (BOX.height - BOX.top - BOX.bottom);
  };
  const path = (points) => points.map(([s, v], k) => `${k ? "L" : "M"}${x(s).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const grid = ticks(bottom, top).flatMap((value) => [
    element("line", { class: "axis", x1: BOX.left, x2: width - BOX.right, y1: y(value), y2: y(value) }),
    element("text", { x: BOX.left - 6, y: y(value) + 4, "text-anchor": "end" }, value),
  ]);
  const steps = [0, 0.5, 1].map((share) => element(
    "text",
    { x: x(share * last), y: BOX.height - 8, "text-anchor": share === 1 ? "end" : share ? "middle" : "start" },
    Math.round(share * last).toLocaleString(),
  ));
  svg.replaceChildren(
    ...grid, ...steps,
    element("path", { class: "curve raw", d: path(raw) }),
    element("path", { class: "curve", d: path(curve) }),
  );
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))];
}

/** Round values between two powers of ten: 1, 2 and 5 of each. */
function ticks(bottom, top) {
  const found = [];
  for (let power = Math.floor(bottom); power <= top; power += 1) {
    for (const digit of top - bottom > 2.5 ? [1] : [1, 2, 5]) {
      const value = Number((digit * 10 ** power).toPrecision(1));
      if (Math.log10(value) >= bottom && Math.log10(value) <= top) found.push(value);
    }
  }
  return found;
}
