// Loaded before the bot: nothing but this computer is reached from now on.
"use strict";
const net = require("node:net");
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const first = Array.isArray(given[0]) ? given[0][0] : given[0];
  const host = first && typeof first === "object" ? first.host : undefined;
  if (host !== undefined && !["127.0.0.1", "localhost", "::1"].includes(host)) {
    throw new Error(`only 127.0.0.1 may be reached, not ${host}`);
  }
  return connect.apply(this, given);
};
