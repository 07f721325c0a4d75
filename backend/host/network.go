package host

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	settleFor = time.Second      // news of a network come in floods; what they led to is looked at afterwards
	lookEvery = 30 * time.Second // without any news
)

// ways are the addresses that new connections to the internet come from. An invalid one stands for no way out.
type ways struct {
	v4, v6 netip.Addr
}

// better reports whether there is a way out that was not there before. Interfaces of containers, a renewed lease and another private address
// in the same network change nothing, and a way that is lost is noticed by whoever used it.
func better(before, after ways) bool {
	return isNew(before.v4, after.v4) || isNew(before.v6, after.v6)
}

func isNew(before, after netip.Addr) bool {
	return after.IsValid() && network(before) != network(after)
}

// network is what an address has in common with those that may take its place on the same network: systems change the second half of
// their IPv6 address every day.
func network(a netip.Addr) netip.Prefix {
	if a.Is6() {
		return netip.PrefixFrom(a, 64).Masked()
	}
	return netip.PrefixFrom(a, a.BitLen())
}

// lookOut asks the system which way it would take. Nothing is sent: the addresses are those of examples, which nobody has.
func lookOut(ctx context.Context) ways {
	return ways{v4: sourceTo(ctx, "udp4", "192.0.2.1:9"), v6: sourceTo(ctx, "udp6", "[2001:db8::1]:9")}
}

func sourceTo(ctx context.Context, network, address string) netip.Addr {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return netip.Addr{}
	}
	defer func() { _ = c.Close() }()
	local, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok {
		return netip.Addr{}
	}
	return local.AddrPort().Addr().Unmap().WithZone("")
}

// watchNetwork tells of every way out that is new, until ctx ends.
func watchNetwork(ctx context.Context, changed func(), log zerolog.Logger) {
	watchNews(ctx, readNetwork, lookOut, changed, log)
}

// watchNews looks at the ways out after the news that read tells of.
func watchNews(
	ctx context.Context, read func(context.Context, func()) error, look func(context.Context) ways, changed func(), log zerolog.Logger,
) {
	news := make(chan struct{}, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		err := read(ctx, func() {
			select {
			case news <- struct{}{}:
			default:
			}
		})
		if err != nil {
			log.Info().Err(err).Msg("the system does not tell of its network; it is looked at now and then")
		}
	})
	follow(ctx, news, look, changed)
	reader.Wait()
}

// follow looks after news and now and then, and tells when there is a new way out.
func follow(ctx context.Context, news <-chan struct{}, look func(context.Context) ways, changed func()) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	settled := time.NewTimer(settleFor)
	settled.Stop()
	defer settled.Stop()
	settling := false
	known := look(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
			if !settling {
				settling = true
				settled.Reset(settleFor)
			}
			continue
		case <-settled.C:
			settling = false
		case <-ticker.C:
		}
		present := look(ctx)
		if better(known, present) {
			changed()
		}
		known = present
	}
}
