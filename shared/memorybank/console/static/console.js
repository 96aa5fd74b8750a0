// Keeps the parts of a page that are marked `data-live` as the server has them. Without it, a page is what it was.
"use strict";

(() => {
  // A page that is costly to make is marked `data-slow`, and asked for less often.
  const every = Number(document.body.dataset.every) * (document.querySelector("[data-slow]") ? 10 : 1);
  let tag = "";

  const isBusy = (part) => {
    const active = document.activeElement;
    return part.contains(active) && active.matches("input, textarea, select");
  };

  // Open details and the focus stay where they are.
  const replace = (old, fresh) => {
    const open = [...old.querySelectorAll("details")].map((each) => each.open);
    fresh.querySelectorAll("details").forEach((each, index) => { each.open = Boolean(open[index]); });
    const reached = [...old.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
    old.replaceWith(fresh);
    if (reached >= 0) {
      fresh.querySelectorAll("a, button, summary")[reached]?.focus({ preventScroll: true });
    }
  };

  const refresh = async () => {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(location.href.split("#")[0], { headers, cache: "no-store", redirect: "error" });
    if (answer.status !== 200) {
      return;
    }
    tag = answer.headers.get("ETag") || "";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((old) => {
      const fresh = page.getElementById(old.id);
      if (fresh && !isBusy(old) && !old.isEqualNode(fresh) && !sameButOpen(old, fresh)) {
        replace(old, document.importNode(fresh, true));
      }
    });
  };

  const sameButOpen = (old, fresh) => {
    const copy = old.cloneNode(true);
    copy.querySelectorAll("details").forEach((each) => { each.open = false; });
    return copy.isEqualNode(fresh);
  };

  const run = async () => {
    if (!document.hidden) {
      try {
        await refresh();
      } catch {
        // The server is being restarted, or the network is gone: the next time will tell.
      }
    }
    setTimeout(run, every);
  };

  if (every > 0 && document.querySelector("[data-live]")) {
    setTimeout(run, every);
  }
})();
