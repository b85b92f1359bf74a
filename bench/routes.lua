-- The requests of bench/routes: ten thousand paths, spread over as many routes
-- as its argument says, and asked for in an order that jumps about. Whatever
-- the number of routes, the paths are as many and as long.

local PATHS = 10000
local STEP = 7919 -- has no divisor in common with PATHS

local requests = {}
local at = 0

function init(arguments)
    local routes = tonumber(arguments[1])
    for i = 0, PATHS - 1 do
        requests[i] = wrk.format("OPTIONS",
            string.format("/shelf%05d/books/%05d", i * STEP % routes, 10000 + i))
    end
end

function request()
    at = (at + STEP) % PATHS
    return requests[at]
end

-- As one line: requests, and those that were not answered by a 2xx or 3xx.
function done(summary)
    local errors = summary.errors
    io.write(string.format("measured %d %d\n", summary.requests,
        errors.connect + errors.read + errors.write + errors.timeout
            + errors.status))
end
