package convert

import (
	"cmp"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"waflow/backend/domain"
)

// location reads where somebody is. One that is on no map is not shown as one.
func location(message *waE2E.Message) (content, bool) {
	var c content
	var picture []byte
	var latitude, longitude float64
	p := &domain.Place{}
	switch fixed, live := message.GetLocationMessage(), message.GetLiveLocationMessage(); {
	case fixed != nil:
		c.kind = domain.KindLocation
		latitude, longitude, p.Accuracy, p.Live = fixed.GetDegreesLatitude(), fixed.GetDegreesLongitude(), count(fixed.GetAccuracyInMeters()), fixed.GetIsLive()
		p.Name, p.Address = label(fixed.GetName()), label(fixed.GetAddress())
		c.text = words(cmp.Or(fixed.GetComment(), p.Name, p.Address))
		picture = fixed.GetJPEGThumbnail()
	case live != nil:
		c.kind = domain.KindLiveLocation
		latitude, longitude, p.Accuracy, p.Live = live.GetDegreesLatitude(), live.GetDegreesLongitude(), count(live.GetAccuracyInMeters()), true
		p.Sequence = live.GetSequenceNumber()
		c.text = words(live.GetCaption())
		picture = live.GetJPEGThumbnail()
	default:
		return c, false
	}
	var north, east bool
	p.Latitude, north = degrees(latitude, 90)
	p.Longitude, east = degrees(longitude, 180)
	c.parts = domain.Content{Place: p, Thumbnail: small(picture)}
	return c, north && east
}

// poll reads a question with its options, whatever its version.
func poll(message *waE2E.Message) (content, bool) {
	for _, m := range []*waE2E.PollCreationMessage{
		message.GetPollCreationMessage(), message.GetPollCreationMessageV2(), message.GetPollCreationMessageV3(),
		message.GetPollCreationMessageV5(), message.GetPollCreationMessageV6(),
	} {
		if m == nil {
			continue
		}
		p := &domain.Poll{Max: count(m.GetSelectableOptionsCount())}
		for _, option := range m.GetOptions()[:min(len(m.GetOptions()), domain.MaxOptions)] {
			p.Options = append(p.Options, label(option.GetOptionName()))
		}
		return content{kind: domain.KindPoll, text: words(m.GetName()), parts: domain.Content{Poll: p}}, true
	}
	return content{}, false
}

func event(message *waE2E.Message) (content, bool) {
	m := message.GetEventMessage()
	if m == nil {
		return content{}, false
	}
	e := &domain.Event{
		Description: words(m.GetDescription()), Link: link(m.GetJoinLink()), Cancelled: m.GetIsCanceled(),
		Place:  label(cmp.Or(m.GetLocation().GetName(), m.GetLocation().GetAddress())),
		Starts: moment(m.GetStartTime()), Ends: moment(m.GetEndTime()),
	}
	return content{kind: domain.KindEvent, text: words(m.GetName()), parts: domain.Content{Event: e}}, true
}

func invite(message *waE2E.Message) (content, bool) {
	m := message.GetGroupInviteMessage()
	jid, err := types.ParseJID(m.GetGroupJID())
	if err != nil || jid.Server != types.GroupServer || jid.User == "" {
		return content{}, false
	}
	i := &domain.Invite{Group: label(jid.User), Name: label(m.GetGroupName()), Expires: moment(m.GetInviteExpiration())}
	c := content{kind: domain.KindInvite, text: words(cmp.Or(m.GetCaption(), m.GetGroupName()))}
	c.parts = domain.Content{Invite: i, Thumbnail: small(m.GetJPEGThumbnail())}
	return c, true
}

// call reads what a phone keeps of a call that nobody took. Calls that were taken are no news.
func call(message *waE2E.Message) (content, bool) {
	m := message.GetCallLogMesssage()
	switch m.GetCallOutcome() {
	case waE2E.CallLogMessage_MISSED, waE2E.CallLogMessage_SILENCED_BY_DND, waE2E.CallLogMessage_SILENCED_UNKNOWN_CALLER:
	default:
		return content{}, false
	}
	if m == nil || m.CallOutcome == nil {
		return content{}, false
	}
	return missed(m.GetIsVideo(), len(m.GetParticipants()) > 1), true
}

func missed(video, group bool) content {
	return content{kind: domain.KindCall, parts: domain.Content{Call: &domain.Call{Video: video, Group: group}}}
}

// moment is a time in seconds since 1970, or in milliseconds as some of WhatsApp's programs write it; zero for nonsense.
func moment(stamp int64) time.Time {
	const year10000, asMillis = 253402300800, 1 << 37
	if stamp > asMillis {
		stamp /= 1000
	}
	if stamp <= 0 || stamp >= year10000 {
		return time.Time{}
	}
	return time.Unix(stamp, 0).UTC()
}

// cards reads one contact or several.
func cards(message *waE2E.Message) (content, bool) {
	one, many := message.GetContactMessage(), message.GetContactsArrayMessage()
	c := content{kind: domain.KindContacts}
	list := many.GetContacts()
	if one != nil {
		c.kind, list = domain.KindContact, []*waE2E.ContactMessage{one}
	}
	var names []string
	for _, m := range list[:min(len(list), domain.MaxCards)] {
		card := cardOf(m)
		names = append(names, card.Name)
		c.parts.Cards = append(c.parts.Cards, card)
	}
	c.text = atMost(strings.Join(names, ", "), domain.MaxTextBytes)
	return c, one != nil || many != nil
}
