// What the theme leaves open for keyboards and screen readers.
function mend() {
  // An equation that is wider than the page scrolls: the arrow keys must get there.
  for (const box of document.querySelectorAll("mjx-container[display], .bd-article pre, .bd-article .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
  // A control is called by the words that stand on it.
  for (const control of document.querySelectorAll("button.search-button-field, summary")) control.removeAttribute("aria-label");
}
addEventListener("resize", mend);
addEventListener("load", () => {
  mend();
  window.MathJax?.startup?.promise.then(mend);
});
