package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"waflow/backend/wasim"
)

// simulator is the simulated WhatsApp in a process of its own.
type simulator struct {
	*process
	Endpoint string `json:"endpoint"`
	RootKey  string `json:"rootKey"`
	Control  string `json:"control"`
}

func startSimulator(ctx context.Context, p programs, dir string, options ...string) (*simulator, error) {
	var s simulator
	proc, err := start(ctx, dir, &s, p.wasim, append([]string{"--seed", "1"}, options...)...)
	s.process = proc
	return &s, err
}

// ask sends a request to the control interface.
func (s *simulator) ask(ctx context.Context, method, path string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.Control+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	content, err = io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, content)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(content, answer)
}

func (s *simulator) newPhone(ctx context.Context, number, name string) error {
	return s.ask(ctx, http.MethodPost, "/phones", map[string]any{"number": number, "name": name}, nil)
}

func (s *simulator) scan(ctx context.Context, number, code string) error {
	return s.ask(ctx, http.MethodPost, "/phones/"+number+"/scan", map[string]any{"qr": code}, nil)
}

func (s *simulator) network(ctx context.Context, number string, on bool) error {
	return s.ask(ctx, http.MethodPost, "/phones/"+number+"/network", map[string]any{"on": on}, nil)
}

// burst has one phone write count texts to another.
func (s *simulator) burst(ctx context.Context, from, to string, count int) error {
	return s.ask(ctx, http.MethodPost, "/phones/"+from+"/burst", map[string]any{"to": to, "prefix": "bench ", "count": count}, nil)
}

// deliveries are the messages from one phone to the linked devices of another.
func (s *simulator) deliveries(ctx context.Context, from, to string) (all []wasim.Delivery, err error) {
	query := url.Values{"deliveries": {"1"}, "linked": {"1"}, "from": {from}, "to": {to}}
	err = s.ask(ctx, http.MethodGet, "/ledger?"+query.Encode(), nil, &all)
	return all, err
}

// submissions are the messages that a number's devices sent.
func (s *simulator) submissions(ctx context.Context, number string) ([]wasim.Submission, error) {
	var book struct {
		Submissions []wasim.Submission `json:"submissions"`
	}
	err := s.ask(ctx, http.MethodGet, "/ledger", nil, &book)
	var own []wasim.Submission
	for _, submission := range book.Submissions {
		if submission.From.Number == number {
			own = append(own, submission)
		}
	}
	return own, err
}

// ackRate is how many of count deliveries after the first skip were acknowledged per second, between the first and the last of them.
// It waits until all are.
func (s *simulator) ackRate(ctx context.Context, from, to string, skip, count int) (float64, error) {
	var rate float64
	err := pollEvery(ctx, 50*time.Millisecond, func() (bool, error) {
		all, err := s.deliveries(ctx, from, to)
		if err != nil || len(all) < skip+count {
			return false, err
		}
		first, last := all[skip].AckedAt, all[skip].AckedAt
		for _, d := range all[skip : skip+count] {
			if d.AckedAt.IsZero() {
				return false, nil
			}
			if d.AckedAt.Before(first) {
				first = d.AckedAt
			}
			if d.AckedAt.After(last) {
				last = d.AckedAt
			}
		}
		rate = float64(count-1) / last.Sub(first).Seconds()
		return true, nil
	})
	return rate, err
}
