package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"waflow/backend/wasim"
)

// memory is the workspace's sizes at which memory and start are measured.
func memorySizes() []int { return []int{1, 10, 50} }

// settle is how long the program is left alone before its memory is read, so that what linking needed is given back.
const settle = 5 * time.Second

// devices measures the memory of the program with linked idle devices, and its start until all are Connected. Memory is read after a
// fresh start: what linking fifty numbers in a row leaves behind is no daily state.
func devices(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		linked := 0
		for _, size := range memorySizes() {
			for ; linked < size; linked++ {
				if err := s.linkOurs(ctx, numbered(linked)); err != nil {
					return err
				}
			}
			found, err := s.measureFleet(ctx, p, size)
			if err != nil {
				return err
			}
			results = append(results, found...)
		}
		return nil
	})
	return results, err
}

func (s *stage) measureFleet(ctx context.Context, p programs, size int) ([]result, error) {
	var memory, starts []float64
	for range runs {
		if err := s.restart(ctx, p); err != nil {
			return nil, err
		}
		if err := s.awaitLoggedIn(ctx, size); err != nil {
			return nil, err
		}
		starts = append(starts, float64(time.Since(s.app.began).Milliseconds()))
		resident, err := s.idleMemory(ctx)
		if err != nil {
			return nil, err
		}
		memory = append(memory, resident)
	}
	results := []result{summarise("rss."+strconv.Itoa(size), "MiB", memory)}
	if size != 10 {
		results = append(results, summarise("start."+strconv.Itoa(size), "ms", starts))
	}
	return results, nil
}

// awaitLoggedIn waits until the simulator has that many devices logged in, and the program says so too. The program alone would not do: until
// its devices start, it shows what they were when it ended.
func (s *stage) awaitLoggedIn(ctx context.Context, count int) error {
	err := pollEvery(ctx, 5*time.Millisecond, func() (bool, error) {
		var phones []wasim.PhoneView
		err := s.sim.ask(ctx, http.MethodGet, "/phones", nil, &phones)
		connected := 0
		for _, phone := range phones {
			for _, device := range phone.Devices {
				if device.Connected {
					connected++
				}
			}
		}
		return connected >= count, err
	})
	if err != nil {
		return err
	}
	return s.app.awaitConnected(ctx, count)
}

// idleMemory is the resident memory once the program has been left alone for a while.
func (s *stage) idleMemory(ctx context.Context) (float64, error) {
	idle := time.NewTimer(settle)
	defer idle.Stop()
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-idle.C:
	}
	return s.app.residentMiB()
}
