-- What wrk says at its end, as one line of tab-separated figures: requests,
-- microseconds, errors of the network, replies that were not 2xx or 3xx, and
-- the latency's 50th, 90th, 99th percentile and maximum in microseconds.

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("measured\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n",
        summary.requests, summary.duration,
        errors.connect + errors.read + errors.write + errors.timeout,
        errors.status,
        latency:percentile(50), latency:percentile(90),
        latency:percentile(99), latency.max))
end
