// The page's sentences, in both languages, and who chooses between them.

const SENTENCES = {
  en: {
    views: "Views", write: "Write", photo: "Photo", runs: "Runs", api: "API",
    canvasLabel: "Sheet to write digits on",
    canvasHelp: "With the keyboard: arrow keys move the pen, the space bar sets it down and lifts it, Backspace undoes.",
    invitation: "Write digits here", undo: "Undo", clear: "Clear", pen: "Pen",
    penDown: "Pen down", penUp: "Pen up",
    dropHere: "Drop a photo here, or paste one",
    photoKinds: "Phone photos, scans, thumbnails: JPEG, PNG, WebP, BMP, TIFF, GIF",
    choose: "Choose a photo", camera: "Camera", shoot: "Take the picture", cancel: "Cancel",
    cameraFails: "The camera cannot be used here; choose a photo instead.",
    noPicture: "That is no picture file; drop one here, or choose one.",
    read: "What was read", copy: "Copy", copied: "Copied.", reading: "Reading…",
    nothing: "There is no digit on it.", digitsLabel: "The digits that were read",
    offline: "The service does not answer; is it still running? It will be asked again.",
    sure: "sure", likely: "likely", doubtful: "in doubt",
    glyphLabel: "The digit as the network sees it", glyphCaption: "28×28, as the network sees it",
    none: "no digit", chosen: "{digit}, {percent} sure", orElse: "{digit}, {percent} sure; or else {other}",
    digitAt: "{digit}, {percent}, line {line}",
    noPreview: "This browser cannot show such a file; what was read stands beside it.",
    inside: "Inside the network",
    insideLead: "Each layer draws pictures of what it found in the digit. Choose one to see it large, and which pictures of the layer before it was made from.",
    evidence: "Evidence", evidenceLabel: "Where the evidence for the digit lies",
    evidenceCaption: "Where ink speaks for this digit (warm) and against it (cold): how the network's answer changes when a patch is covered.",
    filters: "First filters", filtersLabel: "The filters of the first layer",
    filtersCaption: "The small patterns that the first layer looks for: edges, bars and ends of strokes.",
    lensLabel: "The chosen map, enlarged", layerFacts: "{channels} maps of {height}×{width}",
    layerLabel: "{name}: {channels} maps; arrow keys choose one",
    mapOf: "{name}, map {number}: up to {high}", source: "map {number}", glyphSource: "the glyph",
    noRuns: "There are no runs here yet. Start one with: digitnet train", chooseRun: "Choose a run.",
    apiTitle: "The API", page: "Page",
    apiLead: "Send a picture, get the digits on it. Errors are problem objects (RFC 9457) with one sentence, in the language of Accept-Language (en or zh).",
    training: "training", finished: "finished", stopped: "stopped", damaged: "damaged",
    steps: "{step} of {steps} steps", accuracy: "{percent} right", rate: "{rate} images/s",
    lossCaption: "Training loss by step", accuracyCaption: "Digits wrong by step, in percent",
    confusion: "What it confuses", mistakes: "Its surest mistakes",
    truth: "true", answer: "answer", mistake: "{label} read as {prediction}", waiting: "Classifying the test digits…",
    tokenTitle: "This service asks for a token", token: "Token", goOn: "Go on", language: "中文",
    tokenWrong: "That token is wrong.", tokenAgain: "Enter the token",
    tokenMissing: "The service answers only with its token.",
    tokenUnusable: "A token has only Latin letters without accents, digits and signs, and no spaces.",
  },
  zh: {
    views: "页面", write: "手写", photo: "照片", runs: "训练", api: "接口",
    canvasLabel: "手写数字的画布",
    canvasHelp: "用键盘书写：方向键移动笔，空格键落笔或抬笔，退格键撤销。",
    invitation: "在这里写数字", undo: "撤销", clear: "清空", pen: "笔粗",
    penDown: "落笔", penUp: "抬笔",
    dropHere: "把照片拖到这里，或直接粘贴",
    photoKinds: "手机照片、扫描件、缩略图：JPEG、PNG、WebP、BMP、TIFF、GIF",
    choose: "选择照片", camera: "相机", shoot: "拍照", cancel: "取消",
    cameraFails: "这里无法使用相机；请改为选择照片。",
    noPicture: "这不是图片文件；请把图片拖到这里，或选择一张。",
    read: "识别结果", copy: "复制", copied: "已复制。", reading: "正在识别…",
    nothing: "上面没有数字。", digitsLabel: "识别出的数字",
    offline: "服务没有响应；它还在运行吗？稍后会再试。",
    sure: "确定", likely: "较可能", doubtful: "存疑",
    glyphLabel: "网络看到的数字", glyphCaption: "28×28，网络看到的样子",
    none: "非数字", chosen: "{digit}，把握 {percent}", orElse: "{digit}，把握 {percent}；也可能是 {other}",
    digitAt: "{digit}，{percent}，第 {line} 行",
    noPreview: "浏览器无法显示这种文件；识别结果在旁边。",
    inside: "网络内部",
    insideLead: "每一层都把它在数字中找到的东西画成图。选一张放大看，并看它由上一层的哪些图得来。",
    evidence: "证据", evidenceLabel: "支持该数字的证据在哪里",
    evidenceCaption: "墨迹在哪里支持这个数字（暖色），在哪里反对（冷色）：遮住一小块时网络的回答如何变化。",
    filters: "第一层滤波器", filtersLabel: "第一层的滤波器",
    filtersCaption: "第一层寻找的小图案：边缘、短线和笔画末端。",
    lensLabel: "放大的特征图", layerFacts: "{channels} 张 {height}×{width} 的图",
    layerLabel: "{name}：{channels} 张特征图；用方向键选择",
    mapOf: "{name}，第 {number} 张：最大 {high}", source: "第 {number} 张", glyphSource: "数字本身",
    apiTitle: "接口", page: "页面",
    apiLead: "发送图片，得到上面的数字。出错时返回问题对象（RFC 9457），其中一句话说明原因，语言取决于 Accept-Language（en 或 zh）。",
    noRuns: "还没有训练。用 digitnet train 开始一次。", chooseRun: "请选择一次训练。",
    training: "训练中", finished: "已完成", stopped: "已停止", damaged: "已损坏",
    steps: "第 {step} 步，共 {steps} 步", accuracy: "正确率 {percent}", rate: "每秒 {rate} 张",
    lossCaption: "各步的训练损失", accuracyCaption: "各步的错误率（百分比）",
    confusion: "混淆表", mistakes: "最有把握的错误",
    truth: "真实", answer: "回答", mistake: "{label} 被认作 {prediction}", waiting: "正在对测试数字分类…",
    tokenTitle: "此服务需要令牌", token: "令牌", goOn: "继续", language: "English",
    tokenWrong: "令牌不对。", tokenAgain: "输入令牌",
    tokenMissing: "没有令牌，服务不作回答。",
    tokenUnusable: "令牌只含不带重音的拉丁字母、数字和符号，没有空格。",
  },
};

const KEY = "digitnet-language";
let language = stored() ?? (navigator.language.startsWith("zh") ? "zh" : "en");
const listeners = [];

function stored() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept in SENTENCES ? kept : null;
  } catch {
    return null; // Storage may be forbidden; the browser's language will do.
  }
}

/** The sentence by its name, with values in the places of {their names}. */
export function say(name, values = {}) {
  return SENTENCES[language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export const currentLanguage = () => language;

/** Call back whenever another language is chosen. */
export const onLanguage = (listener) => listeners.push(listener);

export function chooseLanguage(wanted) {
  language = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // It holds until the page is closed.
  }
  translate();
  for (const listener of listeners) listener();
}

/** Put every marked element of the page into the language. */
export function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-i18n]")) {
    element.textContent = say(element.dataset.i18n);
  }
  for (const element of document.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", say(element.dataset.i18nLabel));
  }
  const button = document.getElementById("language");
  if (button) {
    button.textContent = say("language");
    button.lang = language === "zh" ? "en" : "zh-CN";
  }
}

/** Rounded down: nothing is called 100% that is less. */
export function percent(share, places = 0) {
  const unit = 10 ** places;
  return `${(Math.floor(100 * unit * share + 1e-6) / unit).toFixed(places)}%`;
}
