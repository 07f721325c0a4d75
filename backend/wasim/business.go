package wasim

import (
	"slices"
	"strconv"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waVnameCert"
	"google.golang.org/protobuf/proto"
)

// A business account has a name that the service vouches for, and a profile:
//
//	→ <iq xmlns="w:biz" type="get"><business_profile v="244"><profile jid="5678@lid"/></business_profile></iq>
//	← <business_profile v="244"><profile jid="5678@lid" tag="…">
//	    <address/> <description/> <website/> <email/> <categories><category id>Dentist</category></categories>
//	    <business_hours timezone="Europe/Madrid"><business_hours_config day_of_week="mon" mode="specific_hours"
//	      open_time="540" close_time="1020"/>…</business_hours>
//	    <profile_options><commerce_experience>none</commerce_experience></profile_options></profile></business_profile>
//	→ <iq xmlns="w:biz" type="set"><business_profile v="3" mutation_type="delta"><address>…</address>…</business_profile></iq>
//
// The profile is left out for who is no business. The name is a certificate, which usync answers under <business> and which
// travels with the messages of the account.

// BusinessProfile is what a business account shows of itself.
type BusinessProfile struct {
	Address     string `json:"address,omitempty"`
	Description string `json:"description,omitempty"`
	Website     string `json:"website,omitempty"`
	Email       string `json:"email,omitempty"`
	// Category is a word like "Dentist".
	Category string `json:"category,omitempty"`
	// Timezone is where the opening hours are, for example "Europe/Madrid".
	Timezone string          `json:"timezone,omitempty"`
	Hours    []BusinessHours `json:"hours,omitempty"`
}

// BusinessHours are the opening hours of one day of the week.
type BusinessHours struct {
	// Day is sun, mon, tue, wed, thu, fri or sat.
	Day string `json:"day"`
	// Open and Close are minutes after midnight.
	Open  int `json:"open"`
	Close int `json:"close"`
}

// maxBusinessText bounds each text of a business profile, in bytes.
const maxBusinessText = 2048

func (s *Server) iqBusiness(d *device, node *waBinary.Node) *waBinary.Node {
	request, ok := node.GetOptionalChildByTag("business_profile")
	if !ok {
		return iqError(node, 501, "feature-not-implemented")
	}
	if attrString(node, "type") == "set" {
		if !d.account.changeBusiness(request) {
			return iqError(node, 406, "not-acceptable")
		}
		return iqResult(node)
	}
	asked := request.GetChildByTag("profile")
	answer := element("business_profile", attrs{"v": attrString(&request, "v")})
	if a := s.userOf(&asked, "jid"); a != nil {
		if profile := a.businessProfile(); profile != nil {
			answer.Content = []waBinary.Node{profile.node(asked.Attrs["jid"])}
		}
	}
	return iqResult(node, answer)
}

func (b BusinessProfile) node(jid any) waBinary.Node {
	hours := element("business_hours", attrs{"timezone": b.Timezone})
	for _, h := range b.Hours {
		hours.Content = append(hours.GetChildren(), element("business_hours_config", attrs{
			"day_of_week": h.Day, "mode": "specific_hours", "open_time": strconv.Itoa(h.Open), "close_time": strconv.Itoa(h.Close),
		}))
	}
	category := data("category", []byte(b.Category))
	category.Attrs = attrs{"id": "1"}
	return element("profile", attrs{"jid": jid},
		data("address", []byte(b.Address)), data("description", []byte(b.Description)), data("website", []byte(b.Website)),
		data("email", []byte(b.Email)), element("categories", nil, category), hours,
		element("profile_options", nil, data("commerce_experience", []byte("none"))))
}

// changeBusiness takes the texts that a client changes. It returns false for a private account and for too long texts.
func (a *account) changeBusiness(change waBinary.Node) bool {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	if a.profile.business == nil {
		return false
	}
	changed := *a.profile.business
	for tag, field := range map[string]*string{
		"address": &changed.Address, "description": &changed.Description, "website": &changed.Website, "email": &changed.Email,
	} {
		if child, ok := change.GetOptionalChildByTag(tag); ok {
			if *field = string(content(child)); len(*field) > maxBusinessText {
				return false
			}
		}
	}
	a.profile.business = &changed
	return true
}

func (a *account) businessProfile() *BusinessProfile {
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	return a.profile.business
}

// businessNode is the answer of usync for a business account.
func (a *account) businessNode() (waBinary.Node, bool) {
	name, ok := a.verifiedName()
	if !ok {
		return waBinary.Node{}, false
	}
	return element("business", nil, name), true
}

// verifiedName is the certificate of a business account's name.
func (a *account) verifiedName() (waBinary.Node, bool) {
	if a.business == "" {
		return waBinary.Node{}, false
	}
	a.profile.mu.Lock()
	defer a.profile.mu.Unlock()
	if a.profile.certificate == nil {
		details, err := proto.Marshal(&waVnameCert.VerifiedNameCertificate_Details{
			Serial: proto.Uint64(uint64(a.phone.rawID)), VerifiedName: proto.String(a.business), Issuer: proto.String("smb:wa"),
		})
		if err != nil {
			return waBinary.Node{}, false
		}
		signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*a.phone.signal.registered().pair.Priv), slices.Clone(details))
		cert, err := proto.Marshal(&waVnameCert.VerifiedNameCertificate{Details: details, Signature: signature[:]})
		if err != nil {
			return waBinary.Node{}, false
		}
		a.profile.certificate = cert
	}
	return waBinary.Node{
		Tag: "verified_name",
		Attrs: attrs{
			"verified_level": "unknown", "v": "1", "host_storage": "1", "actual_actors": "1", "privacy_mode_ts": "0",
		},
		Content: a.profile.certificate,
	}, true
}

// SetBusinessProfile changes what a business account shows of itself.
func (p *Phone) SetBusinessProfile(b BusinessProfile) {
	p.account.profile.mu.Lock()
	defer p.account.profile.mu.Unlock()
	b.Hours = slices.Clone(b.Hours)
	p.account.profile.business = &b
}
