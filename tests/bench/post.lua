-- POSTs letters that are all different: the file named in the first argument, with a counter in its last bytes.
local thread_count = 0
function setup(thread) thread_count = thread_count + 1; thread:set("thread_number", thread_count) end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb")); local body = file:read("*a"); file:close()
  head, counter, salt = body:sub(1, -25), 0, arguments[2]
  wrk.method = "POST"; wrk.headers["Content-Type"] = "application/octet-stream"
end

function request()
  counter = counter + 1
  return wrk.format(nil, nil, nil, head .. string.format("%8s%4d%12d", salt, thread_number, counter))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %.4f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, e.connect + e.read + e.write + e.timeout + e.status))
end
