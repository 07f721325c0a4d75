package doctor

import (
	"context"
	"errors"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/store"
)

// checkProxies connects to WhatsApp through the proxy of each device that has one. Devices that share one share the answer. The error is one
// that a clock may be to blame for, else nil.
func checkProxies(ctx context.Context, service Service, inventory store.Inventory) ([]Finding, error) {
	answers := probeAll(ctx, service, inventory)
	var out []Finding
	var suspicious error
	for _, d := range inventory.Devices {
		if d.Proxy.Direct() {
			continue
		}
		err := answers[d.Proxy]
		if outOfPeriod(err) {
			suspicious = err
		}
		out = append(out, judgeProxy(d.Proxy, err).about(nameOf(d)))
	}
	if len(out) == 0 {
		out = []Finding{found(CheckProxy, Skipped, "none")}
	}
	return out, suspicious
}

// probeAll tries each proxy once, some at a time.
func probeAll(ctx context.Context, service Service, inventory store.Inventory) map[domain.Proxy]error {
	var mu sync.Mutex
	answers := map[domain.Proxy]error{}
	turn := make(chan struct{}, proxiesAtOnce)
	var probes sync.WaitGroup
	begun := map[domain.Proxy]bool{}
	for _, d := range inventory.Devices {
		if d.Proxy.Direct() || begun[d.Proxy] {
			continue
		}
		begun[d.Proxy] = true
		probes.Go(func() {
			err := probeInTurn(ctx, turn, service, d.Proxy)
			mu.Lock()
			defer mu.Unlock()
			answers[d.Proxy] = err
		})
	}
	probes.Wait()
	return answers
}

// errNoTurn means that the time was over before a proxy was tried.
var errNoTurn = errors.New("no time was left")

func probeInTurn(ctx context.Context, turn chan struct{}, service Service, proxy domain.Proxy) error {
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return errNoTurn
	}
	bounded, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	return service.Probe(bounded, proxy)
}

// judgeProxy says how trying a proxy came out. Neither its user nor its password is told.
func judgeProxy(proxy domain.Proxy, err error) Finding {
	var coded *domain.Error
	reason, state := "ok", OK
	switch {
	case err == nil:
	case errors.Is(err, errNoTurn):
		reason, state = "no_time", Skipped
	case errors.As(err, &coded) && coded.Code == domain.CodeProxyFailed:
		reason, state = coded.Detail["trouble"], Failure
	default: // our own deadline: whatever else a proxy does is coded
		reason, state = string(domain.ProxyNotAnswering), Failure
	}
	return found(CheckProxy, state, reason, "proxy", proxy.Address(), "kind", string(proxy.Scheme))
}
