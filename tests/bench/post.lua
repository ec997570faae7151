-- POSTs letters that are all different, each of a thread of its own: the file named in the first argument, with a counter in the
-- 16 bytes of its locator (crypto/frame.py) and in its last bytes.
function init(arguments)
  local file = assert(io.open(arguments[1], "rb")); local body = file:read("*a"); file:close()
  first, rest, counter, salt = body:sub(1, 2), body:sub(19, -17), 0, arguments[2]
  wrk.method = "POST"; wrk.headers["Content-Type"] = "application/octet-stream"
end

function request()
  counter = counter + 1
  local own = string.format("%8s%8d", salt, counter)
  return wrk.format(nil, nil, nil, first .. own .. rest .. own)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.4f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, e.connect + e.read + e.write + e.timeout + e.status))
end
