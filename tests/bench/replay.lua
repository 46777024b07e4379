-- Sends the requests of a file, one after the other: "LENGTH\n" and so many bytes, for each. From
-- the beginning again when BENCH_AGAIN is set; otherwise what comes after the last is a 404.
local requests, n, at = {}, 0, 0
local again = os.getenv("BENCH_AGAIN")

local f = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb"))
while true do
  local length = f:read("*l")
  if not length then break end
  n = n + 1
  requests[n] = f:read(tonumber(length))
end
f:close()

request = function()
  at = at + 1
  if at > n then
    if not again then return "GET /exhausted HTTP/1.1\r\nHost: x\r\n\r\n" end
    at = 1
  end
  return requests[at]
end
