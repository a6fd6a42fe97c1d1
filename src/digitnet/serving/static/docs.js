// The API's addresses, from /openapi.json.

const made = (name, text, className = "") =>
  Object.assign(document.createElement(name), { textContent: text, className });

document.getElementById("example").textContent =
  `curl --data-binary @photo.jpg ${location.origin}/v1/read\n` +
  `curl -F files=@a.png -F files=@b.png ${location.origin}/v1/read/batch`;

const { paths } = await (await fetch("/openapi.json")).json();
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, { summary, description, parameters = [] }] of Object.entries(methods)) {
    const section = made("section", "", "endpoint");
    const title = document.createElement("h3");
    title.append(made("code", method.toUpperCase(), "method"), made("code", path));
    section.append(title, made("p", description ?? summary));
    for (const { name, schema, description: says } of parameters) {
      const range = [schema.minimum, schema.maximum].filter((bound) => bound !== undefined);
      const kind = [schema.type, range.join(" to "), says].filter(Boolean).join(", ");
      const line = document.createElement("p");
      line.append(made("code", name), `: ${kind}`);
      section.append(line);
    }
    document.getElementById("endpoints").append(section);
  }
}
