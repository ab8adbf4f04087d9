// What the WebAssembly code calls in the Worker: `Module.browser` (client-sdk/web/src/network.ts) does it. Plain functions: this Emscripten
// takes no others.
mergeInto(LibraryManager.library, {
  muistio_browser_open: function (url) { Module.browser.open(UTF8ToString(url)); },
  muistio_browser_send: function (bytes, size) { Module.browser.send(HEAPU8.slice(bytes, bytes + size)); },
  muistio_browser_queued: function () { return Module.browser.queued(); },
  muistio_browser_close: function () { Module.browser.close(); },
  muistio_browser_move: function (id, isUpload, url, token, file, size) {
    Module.browser.move(id, isUpload !== 0, UTF8ToString(url), UTF8ToString(token), UTF8ToString(file), size);
  },
  muistio_browser_offset: function (zone, moment) { return Module.browser.offset(UTF8ToString(zone), moment); },
  muistio_browser_give_up: function (id) { Module.browser.giveUp(id); },
});
