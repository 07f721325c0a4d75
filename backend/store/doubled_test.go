package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// The sizes of TestMessagesThatComeTwiceAndOutOfOrder. WAFLOW_DOUBLED takes the place of doubledMessages.
const (
	doubledMessages = 2_000
	doubledChats    = 20
	doubledWithin   = 200 // how far from its place a message may come
	doubledSeed     = 20261123
)

// Every message comes twice, over either of two devices and far from its turn, from many goroutines at once: each is one row, and each thread
// has its messages in the order in which they were written.
func TestMessagesThatComeTwiceAndOutOfOrder(t *testing.T) {
	count := doubledMessages
	if more := os.Getenv("WAFLOW_DOUBLED"); more != "" {
		var err error
		count, err = strconv.Atoi(more)
		require.NoError(t, err)
	}
	s := fresh(t)
	sub := s.mustSubaccount(t, "Hotel Miramar")
	devices := []domain.Device{s.mustDevice(t, sub.ID, "34600000013"), s.mustDevice(t, sub.ID, "34600000014")}
	random := rand.New(rand.NewPCG(doubledSeed, 0))

	coming := make([]int, 0, 2*count)
	for i := range count {
		coming = append(coming, i, i)
	}
	for i := range coming {
		other := min(i+random.IntN(doubledWithin), len(coming)-1)
		coming[i], coming[other] = coming[other], coming[i]
	}
	var arrivals sync.WaitGroup
	queue := make(chan int)
	for worker := range 8 {
		arrivals.Go(func() {
			for i := range queue {
				from := domain.Peer{LID: fmt.Sprint(1000 + i%doubledChats)}
				in := text(fmt.Sprintf("IN%d", i), from, i, strconv.Itoa(i))
				if err := s.Receive(t.Context(), devices[(i+worker)%2].Ref, in); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, i := range coming {
		queue <- i
	}
	close(queue)
	arrivals.Wait()

	page, _, total, err := s.Conversations(t.Context(), domain.ConversationQuery{Limit: doubledChats})
	require.NoError(t, err)
	require.Equal(t, doubledChats, total)
	rows := 0
	for _, chat := range page {
		require.Equal(t, count/doubledChats, chat.Unread)
		newest := -1
		for cursor, first := domain.Cursor(""), true; first || cursor != ""; first = false {
			messages, older, _, err := s.Messages(t.Context(), chat.Ref.Conversation, cursor, 200)
			require.NoError(t, err)
			for i := len(messages) - 1; i >= 0; i-- {
				n, err := strconv.Atoi(messages[i].Text)
				require.NoError(t, err)
				if newest >= 0 {
					require.Equal(t, newest-doubledChats, n, "none twice, none missing, each after the one before")
				}
				newest = n
				rows++
			}
			cursor = older
		}
	}
	require.Equal(t, count, rows)
}
