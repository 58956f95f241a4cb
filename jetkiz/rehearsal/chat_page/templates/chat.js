(function () {
  "use strict";
  // Everything works without this script; it only spares the reader the reloading.
  var box = document.getElementById("messages");
  var atEnd = function () {
    return window.innerHeight + window.scrollY >= document.body.scrollHeight - 120;
  };
  var toEnd = function () { window.scrollTo(0, document.body.scrollHeight); };
  var reachable = function (item) { return item ? item.querySelectorAll("a, button") : []; };
  var focusPlace = function () {
    var focused = document.activeElement;
    var item = box.contains(focused) ? focused.closest("li[id]") : null;
    return item && [item.id, Array.prototype.indexOf.call(reachable(item), focused)];
  };
  var focusAgain = function (place) {
    var target = place && reachable(document.getElementById(place[0]))[place[1]];
    if (target) { target.focus(); }
  };
  var refresh = function () {
    var version = box.firstElementChild.dataset.version;
    var address = new URL(box.dataset.source, location.href);
    address.searchParams.set("version", version);
    return fetch(address).then(function (answer) {
      if (answer.status !== 200) { return; }
      return answer.text().then(function (text) {
        var follow = atEnd(), place = focusPlace(), foot = box.firstElementChild.dataset.foot;
        box.innerHTML = text;
        focusAgain(place);
        var typed = document.getElementById("text");
        if (box.firstElementChild.dataset.foot !== foot && !(typed && typed.value)) {
          location.reload();
        }
        if (follow) { toEnd(); }
      });
    }).catch(function () { /* the rehearsal was stopped: the page stays readable */ });
  };
  var next = function () {
    var wait = document.hidden ? 5000 : 1000;
    setTimeout(function () { refresh().then(next); }, wait);
  };
  toEnd();
  next();
}());
