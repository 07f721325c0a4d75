package bridge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"waflow/backend/domain"
)

// contentOf is what a message holds, in what the interface shows of it. Keys and JIDs stay here.
func contentOf(m domain.Message) *Content {
	c := m.Content
	if c == nil {
		return nil
	}
	out := &Content{
		Once: c.Once, Timer: c.Timer, Unknown: c.Unknown, Mentions: []Mention{}, Cards: []Card{},
		Reply: replyOf(m), Poll: pollOf(m), Line: lineOf(m),
	}
	switch {
	case c.Forwarded >= domain.ForwardedOften:
		out.Forwarded = 2
	case c.Forwarded > 0:
		out.Forwarded = 1
	}
	for _, peer := range c.Mentions {
		token := cmp.Or(peer.LID, peer.Number)
		out.Mentions = append(out.Mentions, Mention{Token: token, Name: cmp.Or(nameIn(m, peer), token)})
	}
	if p := c.Preview; p != nil {
		out.Preview = &Preview{URL: p.URL, Title: oneLine(p.Title), Description: oneLine(p.Description)}
	}
	if f := c.File; f != nil {
		out.File = &File{
			MIME: f.MIME, Name: oneLine(f.Name), Size: f.Size, Seconds: f.Seconds, Pages: f.Pages, Animated: f.Animated, Round: f.Round,
			Waveform: list(f.Waveform, func(b byte) int { return int(b) }),
		}
	}
	if p := c.Place; p != nil {
		out.Place = &Place{Latitude: p.Latitude, Longitude: p.Longitude, Accuracy: p.Accuracy, Name: oneLine(p.Name), Address: oneLine(p.Address), Live: p.Live}
	}
	for _, card := range c.Cards {
		out.Cards = append(out.Cards, Card{Name: oneLine(card.Name), Numbers: list(card.Numbers, oneLine)})
	}
	if e := c.Event; e != nil {
		out.Event = &Event{
			Description: e.Description, Place: oneLine(e.Place), Link: e.Link, Starts: ms(e.Starts), Ends: ms(e.Ends), Cancelled: e.Cancelled,
		}
	}
	if i := c.Invite; i != nil {
		out.Invite = &Invite{Name: oneLine(i.Name), Expires: ms(i.Expires)}
	}
	if c.Call != nil {
		out.Call = &Call{Video: c.Call.Video, Group: c.Call.Group}
	}
	return out
}

func replyOf(m domain.Message) *Reply {
	r := m.Content.Reply
	if r == nil {
		return nil
	}
	return &Reply{Message: int64(m.Answers), Name: nameIn(m, r.Sender), Ours: r.Ours || ours(m, r.Sender), Kind: string(r.Kind), Text: r.Text}
}

// pollOf counts the votes. Votes name options by their hash; one for an option that the poll does not have counts for nobody.
func pollOf(m domain.Message) *Poll {
	if m.Content.Poll == nil {
		return nil
	}
	out := &Poll{Options: []PollOption{}, Max: m.Content.Poll.Max, Voters: len(m.Votes)}
	for _, text := range m.Content.Poll.Options {
		option := PollOption{Text: text}
		for _, v := range m.Votes {
			if slices.Contains(v.Options, optionHash(text)) {
				option.Votes++
				option.Ours = option.Ours || v.Device != 0
			}
		}
		out.Options = append(out.Options, option)
	}
	return out
}

// optionHash is how votes name an option.
func optionHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func lineOf(m domain.Message) *Line {
	l := m.Content.Notice
	if l == nil {
		return nil
	}
	out := &Line{
		Kind: string(l.Kind), Actor: nameIn(m, l.Actor), Ours: l.Ours || ours(m, l.Actor), Text: oneLine(l.Text), Seconds: l.Seconds, People: []string{},
	}
	if l.Kind == domain.LineNumber {
		out.Text = formatNumber(l.Text)
	}
	for _, peer := range l.People {
		if ours(m, peer) {
			out.Us = true
			continue
		}
		if name := nameIn(m, peer); name != "" {
			out.People = append(out.People, name)
		}
	}
	return out
}

// nameIn is what somebody is called that a message speaks of: a name, else a number, "" if neither is known.
func nameIn(m domain.Message, peer domain.Peer) string {
	for _, p := range m.People {
		if p.Peer == peer {
			return personName(p.Name, p.Number)
		}
	}
	return ""
}

func ours(m domain.Message, peer domain.Peer) bool {
	return slices.ContainsFunc(m.People, func(p domain.Person) bool { return p.Peer == peer && p.Ours })
}

func personName(name, number string) string {
	return cmp.Or(oneLine(name), formatNumber(number))
}

func deletionOf(d *domain.Deletion) *Deletion {
	if d == nil {
		return nil
	}
	return &Deletion{At: ms(d.At), By: string(d.By), Name: oneLine(d.Name)}
}

// reactionsOf counts equal emojis, in the order in which they first came.
func reactionsOf(in []domain.Reaction) []Reaction {
	out := []Reaction{}
	for _, r := range in {
		i := slices.IndexFunc(out, func(o Reaction) bool { return o.Emoji == r.Emoji })
		if i < 0 {
			i = len(out)
			out = append(out, Reaction{Emoji: r.Emoji})
		}
		out[i].Count++
		out[i].Ours = out[i].Ours || r.Device != 0
	}
	return out
}

// remarksOf names who put what on a message. Votes for what the poll does not have are left out.
func remarksOf(m domain.Message, reactions []domain.Reaction, votes []domain.Vote) Remarks {
	out := Remarks{Reactions: []Remark{}, Votes: []Remark{}}
	for _, r := range reactions {
		out.Reactions = append(out.Reactions, Remark{What: r.Emoji, Name: oneLine(r.Name), Ours: r.Device != 0})
	}
	if m.Content == nil || m.Content.Poll == nil {
		return out
	}
	for _, text := range m.Content.Poll.Options {
		for _, v := range votes {
			if slices.Contains(v.Options, optionHash(text)) {
				out.Votes = append(out.Votes, Remark{What: text, Name: oneLine(v.Name), Ours: v.Device != 0})
			}
		}
	}
	return out
}
