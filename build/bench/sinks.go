package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"waflow/backend/wasim"
)

// How the simulator itself is loaded.
const (
	sinkCount    = 500
	writerCount  = 8
	sinkMessages = 40    // to each sink in one run
	sinkKeep     = "100" // finished messages that the simulator remembers in detail
)

// sinks measures one simulator process: how many linked devices it carries, and how many messages per second. The devices link,
// log in and answer by the real protocol and decrypt nothing (wasim.Sink). The writers are phones in the simulator, which encrypt each text for
// the phone that it is for and for the sink that is linked to that; the phone decrypts and answers too. So one message is two deliveries,
// three receipts and their acks. The sinks run in this process and share the machine, so the figure of the simulator alone is cpu.
func sinks(ctx context.Context, p programs) (results []result, err error) {
	dir, err := os.MkdirTemp("", "waflow-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	sim, err := startSimulator(ctx, p, dir, "--keep", sinkKeep)
	if err != nil {
		return nil, err
	}
	defer sim.stop()
	load := &load{sim: sim}
	defer load.close()
	if err := load.link(ctx); err != nil {
		return nil, err
	}
	var rates, costs []float64
	for range runs {
		rate, cost, err := load.run(ctx, sinkMessages)
		if err != nil {
			return nil, err
		}
		rates, costs = append(rates, rate), append(costs, cost)
	}
	resident, err := sim.residentMiB()
	if err != nil {
		return nil, err
	}
	return []result{
		summarise("sim.devices", "devices", []float64{float64(load.connected())}),
		summarise("sim.device", "KiB", []float64{load.perDevice}),
		summarise("sim.rate", "msg/s", rates),
		summarise("sim.cpu", "µs/msg", costs),
		summarise("sim.rss", "MiB", []float64{resident}),
	}, nil
}

// load is what loads the simulator.
type load struct {
	sim       *simulator
	sinks     []*wasim.Sink
	perDevice float64 // memory of the simulator, in KiB
}

// link links the sinks one after the other, and has every writer write to every phone once, which makes their sessions.
func (l *load) link(ctx context.Context) error {
	for i := range writerCount {
		if err := l.sim.newPhone(ctx, writer(i), "Writer"); err != nil {
			return err
		}
	}
	before, err := l.sim.residentMiB()
	if err != nil {
		return err
	}
	client, err := l.sim.client()
	if err != nil {
		return err
	}
	for i := range sinkCount {
		if err := l.sim.newPhone(ctx, numbered(i), "Sink"); err != nil {
			return err
		}
		sink, err := wasim.LinkSink(ctx, client, func(ctx context.Context, code string) error { return l.sim.scan(ctx, numbered(i), code) })
		if err != nil {
			return fmt.Errorf("sink %d: %w", i, err)
		}
		l.sinks = append(l.sinks, sink)
	}
	after, err := l.sim.residentMiB()
	if err != nil {
		return err
	}
	l.perDevice = (after - before) * 1024 / sinkCount
	for i := range sinkCount {
		if err := l.sim.burst(ctx, writer(i%writerCount), numbered(i), 1); err != nil {
			return err
		}
	}
	_, err = l.awaitSettled(ctx)
	return err
}

// run has the writers write to all sinks at once. It answers how many messages per second arrived and were receipted by phone and sink, and
// what one of them cost the simulator in processor time, in µs.
func (l *load) run(ctx context.Context, each int) (rate, cost float64, err error) {
	before, err := l.sim.processorTime()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	group, writing := errgroup.WithContext(ctx)
	for w := range writerCount {
		group.Go(func() error {
			for i := w; i < sinkCount; i += writerCount {
				if err := l.sim.burst(writing, writer(w), numbered(i), each); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, 0, err
	}
	took, err := l.awaitSettled(ctx)
	if err != nil {
		return 0, 0, err
	}
	after, err := l.sim.processorTime()
	messages := float64(each * sinkCount)
	return messages / took.Sub(began).Seconds(), float64((after - before).Microseconds()) / messages, err
}

// awaitSettled waits until every device has acknowledged everything, and checks that nothing was sent twice.
func (l *load) awaitSettled(ctx context.Context) (at time.Time, err error) {
	var totals wasim.Totals
	err = pollEvery(ctx, 10*time.Millisecond, func() (bool, error) {
		at = time.Now()
		err := l.sim.ask(ctx, http.MethodGet, "/ledger/totals", nil, &totals)
		return totals.Waiting == 0, err
	})
	if err == nil && (totals.Sent != totals.Deliveries || totals.Acked != totals.Deliveries) {
		err = fmt.Errorf("%d deliveries were sent %d times and acknowledged %d times", totals.Deliveries, totals.Sent, totals.Acked)
	}
	return at, err
}

// connected is how many sinks live and have got at least one message.
func (l *load) connected() (n int) {
	for _, sink := range l.sinks {
		if sink.Err() == nil && sink.Messages() > 0 {
			n++
		}
	}
	return n
}

func (l *load) close() {
	for _, sink := range l.sinks {
		sink.Close()
	}
}

func writer(i int) string { return fmt.Sprintf("+3460002%04d", i) }

// client reaches the simulator whatever host is asked for.
func (s *simulator) client() (*http.Client, error) {
	address, err := url.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address.Host)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, DialTLSContext: dial}}, nil
}

// processorTime is what the program has used so far.
func (p *process) processorTime() (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	// After the name, which is in brackets and may hold anything, field 3 comes first; 14 and 15 are user and system time in ticks of 10 ms.
	fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}
