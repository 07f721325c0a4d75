package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"waflow/backend/bridge"
)

// askedPerRun is how many questions the percentiles of one run are taken of.
const askedPerRun = 200

// fullWorkspace measures the program over a million messages: how much room they take, how soon the inbox is there, and how long an answer takes,
// as the interface gets it.
func fullWorkspace(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		s.app.stop()
		workspace := s.dir + "/app/workspace"
		if err := fillWorkspace(ctx, workspace); err != nil {
			return err
		}
		size, err := databaseSize(workspace)
		if err != nil {
			return err
		}
		results = append(results, summarise("size.message", "bytes", []float64{float64(size) / fullTotal}))
		opened, err := s.opens(ctx, p)
		if err != nil {
			return err
		}
		results = append(results, opened)
		for _, q := range questions() {
			found, err := s.asks(ctx, q)
			if err != nil {
				return err
			}
			results = append(results, found)
		}
		return nil
	})
	return results, err
}

// opens measures the start of the process until the inbox was answered.
func (s *stage) opens(ctx context.Context, p programs) (result, error) {
	var values []float64
	for range runs {
		if err := s.restart(ctx, p); err != nil {
			return result{}, err
		}
		var page bridge.ConversationPage
		if err := s.app.call(ctx, "Inbox.Conversations", &page, 0, "", 60); err != nil {
			return result{}, err
		}
		values = append(values, float64(time.Since(s.app.began).Microseconds())/1000)
		if page.Total < fullSubaccounts*fullConversations {
			return result{}, fmt.Errorf("the inbox has %d conversations", page.Total)
		}
	}
	return summarise("open.1m", "ms", values), nil
}

// question is one kind of call, asked with something else each time.
type question struct {
	name   string
	method string
	ask    func(*rand.Rand) []any
}

func questions() []question {
	latin, han := tongues()[0], tongues()[4]
	// Now and then all of them. The first one of the database is that of the stage, and empty.
	subaccount := func(r *rand.Rand) int64 {
		if id := r.Int64N(fullSubaccounts + 1); id > 0 {
			return id + 1
		}
		return 0
	}
	text := func(r *rand.Rand, typed string) []any {
		return []any{bridge.SearchQuery{Text: typed, Subaccount: subaccount(r), Kinds: []string{}, Limit: 50}}
	}
	return []question{
		{"inbox.p95", "Inbox.Conversations", func(r *rand.Rand) []any { return []any{subaccount(r), "", 60} }},
		{"thread.p95", "Inbox.Thread", func(r *rand.Rand) []any { return []any{1 + r.Int64N(fullSubaccounts*fullConversations), "", 50} }},
		{"search.rare.p95", "Search.Messages", func(r *rand.Rand) []any { return text(r, latin.word(20_000+r.Uint64N(40_000))+" ") }},
		{"search.common.p95", "Search.Messages", func(r *rand.Rand) []any { return text(r, latin.word(r.Uint64N(20))+" "+latin.word(r.Uint64N(20))) }},
		{"search.prefix.p95", "Search.Messages", func(r *rand.Rand) []any {
			word := []rune(latin.word(r.Uint64N(5_000)))
			return text(r, string(word[:min(len(word), 2+r.IntN(3))]))
		}},
		{"search.unspaced.p95", "Search.Messages", func(r *rand.Rand) []any { return text(r, han.word(r.Uint64N(5_000))) }},
		{"search.conversation.p95", "Search.Messages", func(r *rand.Rand) []any {
			return []any{bridge.SearchQuery{
				Text: latin.word(r.Uint64N(100)), Conversation: 1 + r.Int64N(fullSubaccounts*fullConversations), Kinds: []string{}, Limit: 50,
			}}
		}},
		{"search.number.p95", "Search.Names", func(r *rand.Rand) []any { return []any{fmt.Sprintf("%04d", r.IntN(10_000)), subaccount(r), 20} }},
		{"search.name.p95", "Search.Names", func(r *rand.Rand) []any { return []any{latin.word(r.Uint64N(5_000)), subaccount(r), 20} }},
	}
}

// asks measures one kind of call.
func (s *stage) asks(ctx context.Context, q question) (result, error) {
	random := rand.New(rand.NewPCG(2, 3))
	var values []float64
	for range runs {
		var took []float64
		for range askedPerRun {
			arguments := q.ask(random)
			began := time.Now()
			if err := s.app.call(ctx, q.method, nil, arguments...); err != nil {
				return result{}, err
			}
			took = append(took, float64(time.Since(began).Microseconds())/1000)
		}
		values = append(values, percentile(took, 95))
	}
	return summarise(q.name, "ms", values), nil
}
