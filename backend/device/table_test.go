package device

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"waflow/backend/domain"
)

// table is the whole transition table: for every input, what each group of situations answers.
//
// A line is "groups: cause/phase effects". "=" is the cause told before, "same" means that the input changes nothing and does nothing, "kept" that
// only what is remembered changes. Record and Tell are not written: the test derives them from what is told. A group with a cause in brackets speaks of that situation only, and
// "but" the group's other ones.
const table = `
started
	none pairing relinking retrying shared own ban gate dialing login up unlinking: same
	lost: never_linked/rest
	paused replaced: same
	outdated refused stored: app_starting/dialing dial
alarm
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking gate: same
	shared own: =/dialing dial
	ban: same
	dialing login: server_unreachable/waiting disconnect
	up: same
dial_started
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking shared own ban login up: same
	gate: kept
	dialing: kept
dial_done
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking shared own ban login up: same
	gate dialing: =/login
dial_failed
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking shared own ban up: same
	gate dialing login: network_down/waiting disconnect
outage_over
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking own ban gate dialing login up: same
	shared: =/dialing dial
woke
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking ban: same
	shared own: woke_from_sleep/dialing dial
	gate dialing login up: woke_from_sleep/dialing disconnect dial
network_changed
	none lost paused replaced outdated refused stored pairing relinking retrying unlinking ban gate dialing login up: same
	shared own: =/dialing dial
storage_failed
	none lost pairing: same
	paused replaced outdated refused stored relinking retrying unlinking-but[storage_failed] shared own ban gate dialing login: kept
	unlinking[storage_failed] up[storage_failed]: same
	up-but[storage_failed]: storage_failed/up
storage_back
	none lost pairing paused replaced outdated refused stored relinking retrying shared own ban gate dialing login up-but[storage_failed] unlinking-but[storage_failed]: same
	up[storage_failed]: connecting/waiting disconnect
	unlinking[storage_failed]: kept
deaf_suspected
	none lost pairing paused replaced outdated refused stored relinking retrying unlinking shared own ban gate dialing login up[deaf]: same
	up-but[deaf]: connecting/dialing disconnect dial
heard
	none lost pairing paused replaced outdated refused stored relinking retrying shared own ban gate dialing login up-but[deaf] unlinking-but[deaf]: same
	up[deaf]: online/up
	unlinking[deaf]: kept
phone_silent
	none lost pairing: same
	paused replaced outdated refused stored relinking retrying unlinking shared own ban gate dialing login: kept
	up[deaf] up[storage_failed]: kept
	up-but[deaf,storage_failed]: phone_offline_too_long/up
phone_back
	none lost pairing paused replaced outdated refused stored relinking retrying shared own ban gate dialing login up-but[phone_offline_too_long] unlinking-but[phone_offline_too_long]: same
	up[phone_offline_too_long]: online/up
	unlinking[phone_offline_too_long]: kept
version_renewed
	none lost pairing paused replaced refused stored relinking retrying unlinking shared own ban gate dialing login up: same
	outdated: connecting/dialing dial
unlink_done
	none lost pairing paused replaced outdated refused stored relinking retrying shared own ban gate dialing login up: same
	unlinking: never_linked/rest disconnect drop_session
unlink_failed
	none lost pairing paused replaced outdated refused stored relinking retrying shared own ban gate dialing login up: same
	unlinking: connecting/dialing disconnect dial
pair_started
	none lost replaced outdated refused stored shared own ban: showing_qr/pairing
	gate dialing login: showing_qr/pairing disconnect
	paused: =/rest refuse:conflict
	up: =/up refuse:conflict
	pairing relinking retrying: =/pairing refuse:link_busy
	unlinking: =/unlinking refuse:link_busy
pair_shown
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing relinking retrying: showing_qr/pairing
pair_shown_code
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing relinking retrying: showing_code/pairing
pair_passkey
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing-but[passkey_required] relinking-but[passkey_required] retrying-but[passkey_required]: passkey_required/pairing
	pairing[passkey_required] relinking[passkey_required] retrying[passkey_required]: same
pair_scanned
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing-but[linking] relinking-but[linking] retrying-but[linking]: linking/pairing
	pairing[linking] relinking[linking] retrying[linking]: same
pair_linked
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing relinking retrying: linking/dialing dial
pair_failed
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing: link_failed/rest
	relinking: connect_refused/rest
	retrying: connecting/dialing dial
pair_ended
	none lost paused replaced outdated refused stored shared own ban gate dialing login up unlinking: same
	pairing: never_linked/rest
	relinking: connect_refused/rest
	retrying: connecting/dialing dial
connected
	none lost paused replaced outdated refused stored shared own ban up unlinking pairing relinking retrying: same
	gate[network_down] gate[server_unreachable]: online/up cut_waits wake
	dialing[network_down] dialing[server_unreachable]: online/up cut_waits wake
	login[network_down] login[server_unreachable]: online/up cut_waits wake
	gate-but[network_down,server_unreachable]: online/up wake
	dialing-but[network_down,server_unreachable]: online/up wake
	login-but[network_down,server_unreachable]: online/up wake
disconnected
	none lost paused replaced outdated refused stored shared own ban unlinking pairing relinking retrying gate: same
	dialing: kept
	login: server_unreachable/waiting disconnect
	up: connecting/waiting disconnect
login_again
	none lost paused replaced outdated refused stored shared own ban unlinking pairing relinking retrying: same
	gate dialing login: =/dialing disconnect dial
	up: connecting/dialing disconnect dial
keepalive_lost
	none lost paused replaced outdated refused stored shared own ban unlinking pairing relinking retrying gate dialing login: same
	up: keepalive_timeout/waiting disconnect
keepalive_back
	none lost paused replaced outdated refused stored shared own ban unlinking pairing relinking retrying gate dialing login up: same
logged_out
	none lost pairing: same
	paused replaced outdated refused stored shared own ban: unlinked_from_phone/rest drop_session
	gate dialing login up: unlinked_from_phone/rest disconnect drop_session
	unlinking: never_linked/rest disconnect drop_session
	relinking retrying: =/pairing drop_session
replaced
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying: same
	shared own ban: replaced_elsewhere/rest
	gate dialing login up: replaced_elsewhere/rest disconnect
temp_banned
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying: same
	shared own ban: temporarily_banned/waiting
	gate dialing login up: temporarily_banned/waiting disconnect
banned
	none lost pairing: same
	paused replaced outdated refused stored shared own ban: banned/rest drop_session
	gate dialing login up unlinking: banned/rest disconnect drop_session
	relinking retrying: =/pairing drop_session
outdated
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying ban: same
	shared own: client_outdated/rest
	gate dialing login up: client_outdated/rest disconnect
refused
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying: same
	shared own ban: connect_refused/rest
	gate dialing login up: connect_refused/rest disconnect
offline_synced
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying shared own ban gate dialing login up-but[first_sync]: same
	up[first_sync]: online/up
first_sync
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying shared own ban gate dialing login up-but[first_sync]: same
	up[first_sync]: first_sync/up
first_sync_done
	none lost pairing paused replaced outdated refused stored unlinking relinking retrying shared own ban gate dialing login up-but[first_sync]: same
	up[first_sync]: online/up
timelocked
	none lost pairing: same
	paused replaced outdated refused stored relinking retrying unlinking shared own ban gate dialing login: kept
	up[deaf] up[storage_failed] up[phone_offline_too_long]: kept
	up-but[deaf,storage_failed,phone_offline_too_long]: reachout_timelock/up
try_now
	none lost: =/rest refuse:conflict
	paused replaced: =/rest refuse:conflict
	ban: =/waiting refuse:conflict
	outdated refused stored: connecting/dialing dial
	shared own: =/dialing dial
	pairing relinking retrying unlinking gate dialing login up: same
reroute
	none lost paused replaced outdated refused stored ban: same
	pairing relinking retrying: =/pairing refuse:link_busy
	unlinking: =/unlinking refuse:link_busy
	shared own: connecting/dialing dial
	gate dialing login up: connecting/dialing disconnect dial
check_now
	none lost: =/rest refuse:conflict
	paused replaced: =/rest refuse:conflict
	ban: =/waiting refuse:conflict
	outdated refused stored: connecting/dialing dial
	shared own: =/dialing dial
	pairing relinking retrying unlinking gate dialing login up-but[deaf,storage_failed]: same
	up[deaf] up[storage_failed]: connecting/dialing disconnect dial
pause
	none lost: =/rest refuse:conflict
	paused: same
	replaced outdated refused stored: =/rest refuse:conflict
	ban: =/waiting refuse:conflict
	shared own: paused_by_operator/rest
	gate dialing login up: paused_by_operator/rest disconnect
	pairing relinking retrying: =/pairing refuse:link_busy
	unlinking: =/unlinking refuse:link_busy
resume
	paused: connecting/dialing dial
	none lost replaced outdated refused stored shared own ban gate dialing login up unlinking pairing relinking retrying: same
take_back
	replaced: connecting/dialing dial
	none lost paused outdated refused stored: =/rest refuse:conflict
	pairing relinking retrying: =/pairing refuse:conflict
	unlinking: =/unlinking refuse:conflict
	shared own ban gate dialing login up: same
unlink
	up: =/unlinking logout
	unlinking: same
	none lost: =/rest refuse:conflict
	paused replaced outdated refused stored: =/rest refuse:not_connected
	shared own ban: =/waiting refuse:not_connected
	gate dialing: =/dialing refuse:not_connected
	login: =/login refuse:not_connected
	pairing relinking retrying: =/pairing refuse:link_busy
`

// inputOf returns the input of a kind as the table means it.
func inputOf(kind InputKind) Input {
	in := Input{Kind: kind, At: moment(), Chance: 0.5}
	switch kind {
	case DialFailed:
		in.Failure = FailureNetwork
	case TempBanned, Timelocked:
		in.Until = moment().Add(24 * time.Hour)
	case PhoneSilent:
		in.Step = 12
	case PairShown, PairShownCode:
		in.Step = 2
	case FirstSync:
		in.Step = 40
	default:
	}
	return in
}

// answers reads the table: for every input, the expected answer of every situation, by group and name.
func answers(t *testing.T) map[InputKind]map[string]string {
	t.Helper()
	out := map[InputKind]map[string]string{}
	var kind InputKind
	for line := range strings.Lines(strings.TrimSpace(table)) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, "\t") {
			kind = InputKind(line)
			require.Contains(t, InputKinds(), kind)
			require.NotContains(t, out, kind, "an input has one block")
			out[kind] = map[string]string{}
			continue
		}
		groups, answer, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok, line)
		for selector := range strings.FieldsSeq(groups) {
			matched := 0
			for _, s := range situations() {
				if !selects(selector, s) {
					continue
				}
				matched++
				key := s.group + " " + s.name()
				require.NotContains(t, out[kind], key, "%s is answered twice for %s", kind, key)
				out[kind][key] = answer
			}
			require.Positive(t, matched, "%s: nothing is called %q", kind, selector)
		}
	}
	return out
}

// selects reports whether a selector of the table ("up", "up[deaf]", "up-but[deaf,storage_failed]") names the situation.
func selects(selector string, s situation) bool {
	group, rest, narrowed := strings.Cut(selector, "[")
	group, but := strings.CutSuffix(group, "-but")
	if group != s.group {
		return false
	}
	if !narrowed {
		return true
	}
	named := slices.Contains(strings.Split(strings.TrimSuffix(rest, "]"), ","), string(s.state.Told.Cause))
	return named != but
}

func TestEverySituationAnswersEveryInput(t *testing.T) {
	expected := answers(t)
	for _, kind := range InputKinds() {
		for _, s := range situations() {
			want, ok := expected[kind][s.group+" "+s.name()]
			require.True(t, ok, "the table does not say what %s answers to %s", s.group+" "+s.name(), kind)
			t.Run(fmt.Sprintf("%s/%s/%s", kind, s.group, s.name()), func(t *testing.T) {
				after, effects := Next(s.state, inputOf(kind))
				require.Equal(t, wanted(s.state, want), answered(s.state, after, effects))
				requireTold(t, s.state, after, effects)
			})
		}
	}
}

// wanted writes out what an answer of the table means for a state.
func wanted(before State, answer string) string {
	switch answer {
	case "same", "kept":
		return answer
	default:
		return strings.Replace(answer, "=/", string(before.Told.Cause)+"/", 1)
	}
}

// answered writes a transition as the table does.
func answered(before, after State, effects []Effect) string {
	if len(effects) == 0 && after.Told == before.Told && after.Phase == before.Phase {
		if after == before {
			return "same"
		}
		return "kept"
	}
	parts := []string{string(after.Told.Cause) + "/" + string(after.Phase)}
	for _, e := range effects {
		switch e.Kind {
		case Record, Tell:
		case Refuse:
			parts = append(parts, "refuse:"+string(e.Err.Code))
		default:
			parts = append(parts, string(e.Kind))
		}
	}
	return strings.Join(parts, " ")
}

// requireTold checks what holds of every transition: the status belongs to the cause, the moment changes only with the cause, and a
// change is told once: as a row of the history when the cause changed, else as a detail.
func requireTold(t require.TestingT, before, after State, effects []Effect) {
	require.Equal(t, after.Told.Cause.Status(), after.Told.Status)
	require.Contains(t, Phases(), after.Phase)
	var told []Effect
	for _, e := range effects {
		if e.Kind == Record || e.Kind == Tell {
			told = append(told, e)
		}
		require.Equal(t, e.Kind == Refuse, e.Err != nil)
	}
	if after.Told == before.Told {
		require.Empty(t, told)
		return
	}
	require.Len(t, told, 1)
	require.Equal(t, told[0], effects[len(effects)-1])
	require.Equal(t, before.Told, told[0].Change.From)
	require.Equal(t, after.Told, told[0].Change.To)
	sameCause := after.Told.Cause == before.Told.Cause && after.Told.Status == before.Told.Status
	require.Equal(t, sameCause, told[0].Kind == Tell)
	if sameCause {
		require.Equal(t, before.Told.Since, after.Told.Since)
	}
}

// The situations of the table hold every cause, so that none can be added to the product without an answer here.
func TestTableKnowsEveryCauseAndPhase(t *testing.T) {
	var causes []domain.Cause
	var phases []Phase
	for _, s := range situations() {
		causes = append(causes, s.state.Told.Cause)
		phases = append(phases, s.state.Phase)
	}
	for _, c := range domain.Causes() {
		require.Contains(t, causes, c)
	}
	for _, p := range Phases() {
		require.Contains(t, phases, p)
	}
}
