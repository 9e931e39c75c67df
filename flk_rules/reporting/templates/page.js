(function () {
  "use strict";
  function all() {
    return Array.prototype.slice.call(document.querySelectorAll("details"));
  }
  function set(open) {
    all().forEach(function (each) { each.open = open; });
  }
  var bar = document.getElementById("folding");
  if (bar) {
    bar.hidden = false;
    document.getElementById("unfold").addEventListener("click", function () { set(true); });
    document.getElementById("fold").addEventListener("click", function () { set(false); });
  }
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = all().filter(function (each) { return !each.open; });
    set(true);
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (each) { each.open = false; });
  });
  function reveal() {
    var target = document.getElementById(location.hash.slice(1));
    for (var each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") { each.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }
})();
