package main

import (
	"context"
	"net/http"
	"time"

	"waflow/backend/wasim"
)

const (
	fiftyDevices = 50
	fiftyEach    = 100 // messages for each of them in a run
)

// ingestFifty measures fifty devices to whom everything comes at once: how many texts they receive, decrypt, commit and acknowledge per second,
// all together.
func ingestFifty(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		var ourPhones, rivalPhones []string
		for i := range fiftyDevices {
			ourPhones, rivalPhones = append(ourPhones, numbered(i)), append(rivalPhones, numbered(fiftyDevices+i))
			if err := s.linkOurs(ctx, ourPhones[i]); err != nil {
				return err
			}
			if err := s.sim.newPhone(ctx, rivalPhones[i], "Rival"); err != nil {
				return err
			}
		}
		bare, err := startRival(ctx, s.dir+"/rival", s.sim, rivalPhones...)
		if err != nil {
			return err
		}
		defer bare.stop()
		var ours, theirs []float64
		for range runs {
			// In turns, so that what else the machine does meets both.
			for _, turn := range []struct {
				phones []string
				values *[]float64
			}{{ourPhones, &ours}, {rivalPhones, &theirs}} {
				rate, err := s.allArrive(ctx, turn.phones)
				if err != nil {
					return err
				}
				*turn.values = append(*turn.values, rate)
			}
		}
		results = append(results, summarise("ingest.50", "msg/s", ours).against("50 baresafe clients in one process, same run", theirs))
		return nil
	})
	return results, err
}

// allArrive has the contact write to all phones while the simulator holds back what is for their devices, lets it go, and answers how many messages the
// devices acknowledged per second.
func (s *stage) allArrive(ctx context.Context, phones []string) (float64, error) {
	if err := s.stall(ctx, phones, true); err != nil {
		return 0, err
	}
	for _, phone := range phones {
		if err := s.sim.burst(ctx, contact, phone, fiftyEach); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	if err := s.stall(ctx, phones, false); err != nil {
		return 0, err
	}
	err := pollEvery(ctx, 50*time.Millisecond, func() (bool, error) {
		var totals wasim.Totals
		err := s.sim.ask(ctx, http.MethodGet, "/ledger/totals", nil, &totals)
		return totals.Waiting == 0, err
	})
	if err != nil {
		return 0, err
	}
	all, err := s.sim.deliveries(ctx, contact, "")
	if err != nil {
		return 0, err
	}
	first, last, count := time.Time{}, time.Time{}, 0
	for _, d := range all {
		if d.AckedAt.Before(began) {
			continue // of an earlier run
		}
		count++
		if first.IsZero() || d.AckedAt.Before(first) {
			first = d.AckedAt
		}
		if d.AckedAt.After(last) {
			last = d.AckedAt
		}
	}
	return float64(count-1) / last.Sub(first).Seconds(), nil
}

func (s *stage) stall(ctx context.Context, phones []string, on bool) error {
	for _, phone := range phones {
		if err := s.sim.ask(ctx, http.MethodPost, "/phones/"+phone+"/stall", map[string]any{"on": on}, nil); err != nil {
			return err
		}
	}
	return nil
}
