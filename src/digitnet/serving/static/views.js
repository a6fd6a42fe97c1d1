// The views behind the tabs, each with an address: the page's own, #photo and #runs.

const FIRST = "write";
const at = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
const nameOf = (tab) => tab.id.slice("tab-".length);

/** Views by their names, each told when it is entered and left; what opens one, and begins. */
export function makeViews(views) {
  let current = null;

  function show(name) {
    if (name === current) return;
    if (current) views[current].leave();
    current = name;
    for (const tab of tabs) {
      const chosen = nameOf(tab) === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      at(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    views[name].enter();
  }

  function open(name) {
    if (name === current) return;
    show(name);
    const own = location.pathname + location.search;
    history.pushState(null, "", name === FIRST ? own : `#${name}`);
  }

  function follow() {
    const wanted = location.hash.slice(1);
    show(Object.hasOwn(views, wanted) ? wanted : FIRST);
  }

  for (const [k, tab] of tabs.entries()) {
    tab.addEventListener("click", () => open(nameOf(tab)));
    tab.addEventListener("keydown", (event) => {
      // With a modifier it is the browser's: Alt and an arrow go back, for one.
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const places = {
        ArrowRight: (k + 1) % tabs.length,
        ArrowLeft: (k + tabs.length - 1) % tabs.length,
        Home: 0,
        End: tabs.length - 1,
      };
      if (!(event.key in places)) return;
      event.preventDefault();
      const next = tabs[places[event.key]];
      next.focus();
      next.click();
    });
  }
  for (const type of ["popstate", "hashchange"]) addEventListener(type, follow);
  return { open, begin: follow, current: () => current };
}
