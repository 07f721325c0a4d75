package wasim

import (
	"slices"
	"strconv"
	"unicode/utf8"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// How long a subject and a description may be, in characters.
const (
	maxSubject     = 100
	maxDescription = 2048
)

// change applies an edit to the settings of a group, unless they are locked and who wants it is no admin. It returns
// whether something is different now.
func (g *group) change(by *account, edit func(*groupSettings) error) (changed bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.settings.locked && !g.roleLocked(by).admin() {
		return false, errNotAdmin
	}
	before := g.settings
	if err = edit(&g.settings); err != nil {
		g.settings = before
	}
	return err == nil && g.settings != before, err
}

// groupSubject serves <subject>name</subject>.
func (s *Server) groupSubject(w groupWish) ([]waBinary.Node, error) {
	subject := authored{text: string(content(w.ask)), by: w.by, at: s.now()}
	if err := checkSubject(subject.text); err != nil {
		return nil, err
	}
	if _, err := w.group.change(w.by, func(set *groupSettings) error { set.subject = subject; return nil }); err != nil {
		return nil, err
	}
	s.tellGroup(w.group, w.by, w.group.accounts(), element("subject",
		w.group.person(attrs{"subject": subject.text, "s_t": groupTime(subject.at)}, "s_o", w.by)))
	return nil, nil
}

func checkSubject(text string) error {
	if text == "" || utf8.RuneCountInString(text) > maxSubject || !utf8.ValidString(text) {
		return errNotAcceptable
	}
	return nil
}

// groupDescription serves <description id prev><body>text</body></description> and <description id prev delete="true"/>.
// prev is the id of the description that the client knows; when another one is set by now, the change is refused.
func (s *Server) groupDescription(w groupWish) ([]waBinary.Node, error) {
	description := authored{text: string(childContent(&w.ask, "body")), id: attrString(&w.ask, "id"), by: w.by, at: s.now()}
	if utf8.RuneCountInString(description.text) > maxDescription || !utf8.ValidString(description.text) {
		return nil, errNotAcceptable
	}
	if description.id == "" {
		description.id = s.nextID.next()
	}
	_, err := w.group.change(w.by, func(set *groupSettings) error {
		if known := attrString(&w.ask, "prev"); known != "" && known != set.description.id {
			return errConflict
		}
		set.description = description
		return nil
	})
	if err != nil {
		return nil, err
	}
	news := data("body", []byte(description.text))
	if description.text == "" {
		news = element("delete", nil)
	}
	s.tellGroup(w.group, w.by, w.group.accounts(), element("description", attrs{"id": description.id}, news))
	return nil, nil
}

// groupEphemeral serves <ephemeral expiration="86400"/> and <not_ephemeral/>.
func (s *Server) groupEphemeral(w groupWish) ([]waBinary.Node, error) {
	seconds, err := ephemeralTimer(w.ask)
	if err != nil {
		return nil, err
	}
	changed, err := w.group.change(w.by, func(set *groupSettings) error { set.ephemeral = seconds; return nil })
	if err != nil || !changed {
		return nil, err
	}
	news := element("not_ephemeral", nil)
	if seconds > 0 {
		news = element("ephemeral", attrs{"expiration": strconv.Itoa(seconds)})
	}
	s.tellGroup(w.group, w.by, w.group.accounts(), news)
	return nil, nil
}

// ephemeralTimer reads a timer. The service knows a day, a week and ninety days.
func ephemeralTimer(n waBinary.Node) (int, error) {
	if n.Tag != "ephemeral" {
		return 0, nil
	}
	seconds, err := strconv.Atoi(attrString(&n, "expiration"))
	if err != nil || !slices.Contains([]int{0, 86400, 7 * 86400, 90 * 86400}, seconds) {
		return 0, errGroupRequest
	}
	return seconds, nil
}

// groupMode serves what only admins decide: who writes, who changes the settings, who adds, who joins.
func (s *Server) groupMode(w groupWish) ([]waBinary.Node, error) {
	var now groupSettings
	changed, err := w.group.change(w.by, func(set *groupSettings) error {
		err := set.apply(w.ask)
		now = *set
		return err
	})
	if err != nil || !changed {
		return nil, err
	}
	news := element(w.ask.Tag, nil)
	switch w.ask.Tag {
	case "announcement", "not_announcement":
		news.Attrs = attrs{"v_id": strconv.Itoa(now.announceVersion)}
	case "member_add_mode":
		news.Content = []byte(now.addMode())
	case "membership_approval_mode":
		news.Content = []waBinary.Node{now.approvalNode()}
	}
	s.tellGroup(w.group, w.by, w.group.accounts(), news)
	return nil, nil
}

func (s groupSettings) approvalNode() waBinary.Node {
	if s.approval {
		return element("group_join", attrs{"state": "on"})
	}
	return element("group_join", attrs{"state": "off"})
}

// apply takes a mode over from a node as it is in a wish or inside <create>. Tags that are no modes do nothing.
func (s *groupSettings) apply(mode waBinary.Node) error {
	switch mode.Tag {
	case "announcement", "not_announcement":
		if on := mode.Tag == "announcement"; on != s.announcement {
			s.announcement = on
			s.announceVersion++
		}
	case "locked", "unlocked":
		s.locked = mode.Tag == "locked"
	case "member_add_mode":
		switch types.GroupMemberAddMode(content(mode)) {
		case types.GroupMemberAddModeAdmin:
			s.adminsAdd = true
		case types.GroupMemberAddModeAllMember:
			s.adminsAdd = false
		default:
			return errGroupRequest
		}
	case "membership_approval_mode":
		join := mode.GetChildByTag("group_join")
		switch attrString(&join, "state") {
		case "on":
			s.approval = true
		case "off":
			s.approval = false
		default:
			return errGroupRequest
		}
	case "ephemeral":
		seconds, err := ephemeralTimer(mode)
		s.ephemeral = seconds
		return err
	}
	return nil
}
