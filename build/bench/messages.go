package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"waflow/backend/bridge"
)

// How much is measured: long enough that the start of a run does not weigh, short enough for a patient person.
const (
	runs        = 5
	ingestCount = 2000
	sendCount   = 300
	sendsAtOnce = 8
	warmUpCount = 50
)

// ingestOne measures texts that wait at the server until the device is back: received, decrypted, committed and acknowledged.
func ingestOne(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		if err := s.linkOurs(ctx, ourPhone); err != nil {
			return err
		}
		if err := s.sim.newPhone(ctx, rivalPhone, "Rival"); err != nil {
			return err
		}
		bare, err := startRival(ctx, s.dir+"/rival", s.sim, rivalPhone)
		if err != nil {
			return err
		}
		defer bare.stop()
		var ours, theirs []float64
		for run := range runs {
			// In turns, so that what else the machine does meets both.
			for _, turn := range []struct {
				phone  string
				values *[]float64
			}{{ourPhone, &ours}, {rivalPhone, &theirs}} {
				rate, err := s.arrive(ctx, turn.phone, run*ingestCount)
				if err != nil {
					return err
				}
				*turn.values = append(*turn.values, rate)
			}
		}
		results = append(results, summarise("ingest.1", "msg/s", ours).against(against, theirs))
		return nil
	})
	return results, err
}

// arrive has the contact write while the device is away, lets it back and answers how many messages it acknowledged per second.
func (s *stage) arrive(ctx context.Context, phone string, before int) (float64, error) {
	if err := s.sim.network(ctx, phone, false); err != nil {
		return 0, err
	}
	if err := s.sim.burst(ctx, contact, phone, ingestCount); err != nil {
		return 0, err
	}
	if err := s.sim.network(ctx, phone, true); err != nil {
		return 0, err
	}
	if phone == ourPhone {
		if err := s.tryAllNow(ctx); err != nil {
			return 0, err
		}
	}
	return s.sim.ackRate(ctx, contact, phone, before, ingestCount)
}

// tryAllNow spares the wait for the next try, which is not what is measured.
func (s *stage) tryAllNow(ctx context.Context) error {
	var snapshot bridge.Snapshot
	if err := s.app.call(ctx, "App.Snapshot", &snapshot); err != nil {
		return err
	}
	for _, d := range snapshot.Devices {
		if d.Status != "connected" {
			if err := s.app.call(ctx, "Fleet.TryNow", nil, d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// sendOne measures texts from the composer's call to the server's ack, with no pause between them.
func sendOne(ctx context.Context, p programs) (results []result, err error) {
	err = onStage(ctx, p, func(s *stage) error {
		if err := s.linkOurs(ctx, ourPhone); err != nil {
			return err
		}
		if err := s.sim.newPhone(ctx, rivalPhone, "Rival"); err != nil {
			return err
		}
		bare, err := startRival(ctx, s.dir+"/rival", s.sim, rivalPhone)
		if err != nil {
			return err
		}
		defer bare.stop()
		conversation, err := s.firstConversation(ctx)
		if err != nil {
			return err
		}
		if err := warmUp(ctx, s, bare, conversation); err != nil {
			return err
		}
		var ours, theirs []float64
		for range runs {
			rate, err := s.sendAll(ctx, conversation, sendCount)
			if err != nil {
				return err
			}
			ours = append(ours, rate)
			if rate, err = bare.send(contact[1:], sendCount); err != nil {
				return err
			}
			theirs = append(theirs, rate)
		}
		results = append(results, summarise("send.1", "msg/s", ours).against(against, theirs))
		return nil
	})
	return results, err
}

func warmUp(ctx context.Context, s *stage, bare *rival, conversation int64) error {
	if _, err := s.sendAll(ctx, conversation, warmUpCount); err != nil {
		return err
	}
	_, err := bare.send(contact[1:], warmUpCount)
	return err
}

// firstConversation has the contact write once, and answers the conversation that this opened.
func (s *stage) firstConversation(ctx context.Context) (int64, error) {
	if err := s.sim.burst(ctx, contact, ourPhone, 1); err != nil {
		return 0, err
	}
	var page bridge.ConversationPage
	err := poll(ctx, func() (bool, error) {
		err := s.app.call(ctx, "Inbox.Conversations", &page, 0, "", 1)
		return len(page.Items) > 0, err
	})
	if err != nil {
		return 0, err
	}
	return page.Items[0].ID, nil
}

// sendAll sends count texts as fast as the composer takes them, and answers how many the server took per second.
func (s *stage) sendAll(ctx context.Context, conversation int64, count int) (float64, error) {
	before, err := s.sim.submissions(ctx, ourPhone)
	if err != nil {
		return 0, err
	}
	var group errgroup.Group
	group.SetLimit(sendsAtOnce)
	began := time.Now()
	for range count {
		group.Go(func() error {
			return s.app.call(ctx, "Inbox.Send", nil, conversation, "a text of the usual length, as people write them")
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return s.takenRate(ctx, began, len(before), count)
}

// takenRate waits until the server took count messages more than before, and answers how many it took per second since began.
func (s *stage) takenRate(ctx context.Context, began time.Time, before, count int) (rate float64, err error) {
	err = pollEvery(ctx, 50*time.Millisecond, func() (bool, error) {
		all, err := s.sim.submissions(ctx, ourPhone)
		if err != nil || len(all) < before+count {
			return false, err
		}
		rate = float64(count) / all[before+count-1].At.Sub(began).Seconds()
		return true, nil
	})
	return rate, err
}
