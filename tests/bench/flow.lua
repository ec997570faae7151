-- One complete visit after another, a new connection for each request: the pages named from the second argument on, then one letter, as in post.lua.
function init(arguments)
  local file = assert(io.open(arguments[1], "rb")); local body = file:read("*a"); file:close()
  first, rest, counter, salt, paths = body:sub(1, 2), body:sub(19, -17), 0, arguments[2], {}
  for i = 3, #arguments do paths[#paths + 1] = arguments[i] end
end

function request()
  local step = counter % (#paths + 1); counter = counter + 1
  if step < #paths then return wrk.format("GET", paths[step + 1], {["Connection"] = "close", ["Accept-Encoding"] = "gzip"}) end
  local own = string.format("%8s%8d", salt, counter)
  return wrk.format("POST", "/letters", {["Connection"] = "close", ["Content-Type"] = "application/octet-stream"},
    first .. own .. rest .. own)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.4f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, e.connect + e.read + e.write + e.timeout + e.status))
end
