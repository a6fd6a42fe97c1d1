// The API's addresses, from /openapi.json, in both languages.

import { chooseLanguage, currentLanguage, onLanguage, translate } from "./i18n.js";

// What /openapi.json says in English.
const CHINESE = {
  "/v1/read": "识别一张图片上的数字；图片作为请求体，或作为表单的 `file` 部分。",
  "/v1/read/batch": "一次识别最多 64 张图片（表单的 `files` 部分）；读不了的图片在其位置给出错误。",
  "/v1/look": "展示网络在图片的一个数字上看到了什么：特征图、滤波器、证据。",
  "/v1/runs": "所有训练，最新的在前",
  "/v1/runs/{name}": "一次训练的设置和结果",
  "/v1/runs/{name}/metrics": "一次训练的曲线数据，边写边以服务器推送事件发送",
  "/v1/runs/{name}/confusion": "一次训练混淆了什么，以及最有把握的错误",
  "/healthz": "说明本进程在响应。",
  "/metrics": "请求次数与用时，供 Prometheus 采集。",
};

function made(name, text, className = "") {
  const element = Object.assign(document.createElement(name), { className });
  // Names stand between backticks, as in the API's own description.
  for (const [k, part] of text.split("`").entries()) {
    if (k % 2) element.append(Object.assign(document.createElement("code"), { textContent: part }));
    else element.append(part);
  }
  return element;
}

function described(path, method, { summary, description, parameters = [] }) {
  const section = made("section", "", "endpoint");
  const title = document.createElement("h3");
  title.append(made("code", method.toUpperCase(), "method"), made("code", path));
  const chinese = currentLanguage() === "zh" ? CHINESE[path] : undefined;
  section.append(title, made("p", chinese ?? description ?? summary));
  for (const { name, schema, description: says } of parameters) {
    const range = [schema.minimum, schema.maximum].filter((bound) => bound !== undefined);
    const kind = [schema.type, range.join("–"), says].filter(Boolean).join(", ");
    section.append(made("p", `\`${name}\`: ${kind}`));
  }
  return section;
}

const { paths } = await (await fetch("openapi.json")).json();

function show() {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, about]) => described(path, method, about)));
  document.getElementById("endpoints").replaceChildren(...all);
}

// Beside this page: the service may lie behind a prefix.
const address = new URL("v1/read", location.href);
document.getElementById("example").textContent =
  `curl --data-binary @photo.jpg ${address}\n` +
  `curl -F files=@a.png -F files=@b.png ${address}/batch`;
document.getElementById("language").addEventListener("click", () => {
  chooseLanguage(currentLanguage() === "zh" ? "en" : "zh");
});
onLanguage(show);
translate();
show();
