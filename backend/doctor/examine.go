package doctor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"waflow/backend/store"
)

// diskWithin is how long the databases may take. A large one on a slow disk takes minutes; what is not done by then is said to be too slow.
const diskWithin = 2 * time.Minute

// Config says what is looked at, and by which means.
type Config struct {
	Dir      string                 // the data directory; it need not exist
	Sessions string                 // the folder of the session files
	Kind     string                 // the kind of workspace that is expected
	Holds    func() (string, error) // the kind that the folder says it holds, "" if it says none
	Computer Computer
	Service  Service // nil for a workspace that talks to nobody outside its process
	Lookup   Lookup
	Versions Versions
}

// Examine does every check, those of the disk beside those of the network. It ends within about 15 s where the network is dead, plus what
// large databases take.
func Examine(ctx context.Context, c Config) Report {
	disk, cancel := context.WithTimeout(ctx, diskWithin)
	defer cancel()
	inventory, read := takeInventory(disk, c.Dir)
	var onDisk, outside []Finding
	var both sync.WaitGroup
	both.Go(func() { onDisk = c.examineDisk(disk, inventory, read) })
	both.Go(func() { outside = c.examineNetwork(ctx, inventory, read) })
	both.Wait()
	return Report{Findings: slices.Concat(onDisk, outside), Versions: c.Versions}
}

func (c Config) examineDisk(ctx context.Context, inventory store.Inventory, read error) []Finding {
	out := []Finding{
		checkFolder(c.Dir, c.Computer),
		checkWorkspace(c.Kind, c.Holds),
		checkRunning(c.Dir),
		checkSpace(c.Dir, sizeOf(store.DatabasePath(c.Dir)), c.Computer),
		checkDatabase(ctx, c.Dir, inventory, read),
	}
	if why := waiting(inventory, read); why != "" {
		return append(out, found(CheckSessions, Skipped, why), found(CheckKeys, Skipped, why))
	}
	return slices.Concat(out, checkSessions(ctx, c.Sessions, inventory), checkKeys(ctx, c.Sessions, inventory))
}

func (c Config) examineNetwork(ctx context.Context, inventory store.Inventory, read error) []Finding {
	if c.Service == nil {
		return skipped("demo", CheckName, CheckReach, CheckClock, CheckProxy)
	}
	ctx, cancel := context.WithTimeout(ctx, networkWithin)
	defer cancel()
	name, reach := found(CheckName, Skipped, "proxies"), found(CheckReach, Skipped, "proxies")
	var reached, through error
	var proxies []Finding
	var all sync.WaitGroup
	if directly(inventory) {
		all.Go(func() { name = checkName(ctx, c.Service.Host(), c.Lookup) })
		all.Go(func() { reach, reached = checkReach(ctx, c.Service) })
	}
	all.Go(func() { proxies, through = checkProxies(ctx, c.Service, inventory) })
	all.Wait()
	if why := waiting(inventory, read); why == "no_database" || why == "other_version" {
		proxies = skipped(why, CheckProxy)
	}
	if reached == nil {
		reached = through
	}
	return append([]Finding{name, reach, checkClock(c.Service, reached)}, proxies...)
}

func skipped(why string, checks ...Check) []Finding {
	out := make([]Finding, 0, len(checks))
	for _, check := range checks {
		out = append(out, found(check, Skipped, why))
	}
	return out
}

// span is a time as people read it, in its two largest units.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*365*day:
		return fmt.Sprintf("%d years", d/(365*day))
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}
