package wasim

import (
	"context"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// A vote goes to everyone in the chat, encrypted once more with the secret that came with the poll:
//
//	pollCreationMessage{name, options}, messageContextInfo{messageSecret}
//	pollUpdateMessage{pollCreationMessageKey, vote{encPayload, encIV}}
//
//	key   = HKDF-SHA256(secret, info = poll id + poll author + voter + "Poll Vote")
//	vote  = AES-256-GCM(key, iv, pollVoteMessage{SHA-256 of each chosen option}, additional = poll id + 0x00 + voter)
//
// The people are named by their JIDs without device. A vote replaces the voter's earlier one, an empty one takes it back.
// From whatsmeow's msgsecret.go and Baileys' process-message.js, which agree.

// voteLabel ends the input of the key derivation.
const voteLabel = "Poll Vote"

// voteKey derives the key and the additional data of a vote.
func voteKey(secret []byte, poll string, author, voter types.JID) (key, additional []byte) {
	info := poll + author.String() + voter.String() + voteLabel
	return hkdfutil.SHA256(secret, nil, []byte(info), 32), []byte(poll + "\x00" + voter.String())
}

// Vote chooses options of a poll in a chat, by their text; none takes the vote back. It returns the id of the vote.
func (p *endpoint) Vote(ctx context.Context, chat, id string, options ...string) (string, error) {
	key, m, err := p.keyOf(chat, id)
	if err != nil {
		return "", err
	}
	message := p.contentOf(m)
	inner, _ := unwrap(message)
	poll := pollOf(inner)
	if poll == nil {
		return "", ErrNotAPoll
	}
	vote := &waE2E.PollVoteMessage{}
	for _, option := range options {
		if !slices.ContainsFunc(poll.GetOptions(), func(o *waE2E.PollCreationMessage_Option) bool { return o.GetOptionName() == option }) {
			return "", fmt.Errorf("%w: it has no option %q", ErrNotAPoll, option)
		}
		vote.SelectedOptions = append(vote.SelectedOptions, []byte(optionHash(option)))
	}
	plaintext, err := proto.Marshal(vote)
	if err != nil {
		return "", fmt.Errorf("encode vote: %w", err)
	}
	secret, additional := voteKey(message.GetMessageContextInfo().GetMessageSecret(), id, m.author.ToNonAD(), p.account.jidOn(p.space(m.with)))
	iv := p.random.bytes(12)
	sealed, err := gcmutil.Encrypt(secret, iv, plaintext, additional)
	if err != nil {
		return "", fmt.Errorf("encrypt vote: %w", err)
	}
	return p.Send(ctx, chat, &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{
		PollCreationMessageKey: key,
		Vote:                   &waE2E.PollEncValue{EncPayload: sealed, EncIV: iv},
		SenderTimestampMS:      proto.Int64(p.now().UnixMilli()),
	}})
}

// voteIn is the change that a vote makes to its poll.
func (p *endpoint) voteIn(voter *account, with party, by *storedMessage, update *waE2E.PollUpdateMessage) change {
	key := update.GetPollCreationMessageKey()
	owner := p.ownerOf(voter, key)
	return p.changeOf(voter, with, key, func(l *later, m *storedMessage) {
		hashes, ok := openVote(m.content, key.GetID(), owner, voter, update.GetVote())
		if !ok {
			p.s.log.Debug().Str("phone", mask(p.account.number)).Msg("vote cannot be decrypted")
			return
		}
		if l.votes == nil {
			l.votes = make(map[*account]remark)
		}
		l.votes[voter] = remark{id: by.ID, at: by.At, own: by.FromMe, options: hashes}
	})
}

// openVote decrypts a vote. Which address space its sender named the people in is not said, so all are tried.
func openVote(message *waE2E.Message, id string, author, voter *account, vote *waE2E.PollEncValue) ([][]byte, bool) {
	secret := message.GetMessageContextInfo().GetMessageSecret()
	if len(vote.GetEncIV()) != gcmIV {
		return nil, false
	}
	for _, authorJID := range []types.JID{author.lidJID(), author.pn()} {
		for _, voterJID := range []types.JID{voter.lidJID(), voter.pn()} {
			key, additional := voteKey(secret, id, authorJID, voterJID)
			plaintext, err := gcmutil.Decrypt(key, vote.GetEncIV(), vote.GetEncPayload(), additional)
			if err != nil {
				continue
			}
			var chosen waE2E.PollVoteMessage
			if proto.Unmarshal(plaintext, &chosen) != nil {
				return nil, false
			}
			hashes := chosen.GetSelectedOptions()
			return hashes[:min(len(hashes), maxVotes)], true
		}
	}
	return nil, false
}

const (
	// gcmIV is the length of the IV of AES-GCM, which would otherwise panic.
	gcmIV = 12
	// maxVotes bounds how many options one vote names.
	maxVotes = 64
)
