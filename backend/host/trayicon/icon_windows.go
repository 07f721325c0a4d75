package trayicon

import (
	"bytes"
	"runtime"
	"strings"
	"sync"

	"fyne.io/systray"
)

// Icon is the icon in the notification area. There can be one in a process, once. Its methods may be called from any goroutine.
type Icon struct {
	options Options
	done    chan struct{} // closed when the icon is taken away
	ended   sync.WaitGroup

	mu     sync.Mutex
	look   Look
	ready  bool // the library takes changes
	closed bool
	groups [][]*slot
}

// slot is a place in the menu that shows one entry after another: the library panics when an entry is clicked while it is removed.
type slot struct {
	item  *systray.MenuItem
	entry Entry // one without a label is hidden
}

// Open shows the icon. It returns before people see it.
func Open(options Options) (*Icon, error) {
	i := &Icon{options: options, done: make(chan struct{}), look: options.Look}
	i.ended.Go(func() {
		runtime.LockOSThread() // the icon's messages come to the thread that made it
		systray.Run(i.begin, func() {})
	})
	return i, nil
}

// begin draws the icon for the first time.
func (i *Icon) begin() {
	i.mu.Lock()
	defer i.mu.Unlock()
	systray.SetOnTapped(i.options.Opened)
	i.makeMenu()
	i.draw(Look{}, i.look)
	i.ready = true
	if i.closed {
		systray.Quit()
		return
	}
	i.options.Present(true)
}

// makeMenu makes as many places as the menu can need.
func (i *Icon) makeMenu() {
	for number := range i.look.Menu {
		if number > 0 {
			systray.AddSeparator()
		}
		group := make([]*slot, MostInGroup)
		for at := range group {
			s := &slot{item: systray.AddMenuItem("", "")}
			s.item.Hide()
			group[at] = s
			i.ended.Go(func() { i.followClicks(s) })
		}
		i.groups = append(i.groups, group)
	}
}

// followClicks hands on the clicks of a place until the icon is taken away.
func (i *Icon) followClicks(s *slot) {
	for {
		select {
		case <-i.done:
			return
		case <-s.item.ClickedCh:
			i.mu.Lock()
			id := s.entry.ID
			i.mu.Unlock()
			i.options.Chosen(id)
		}
	}
}

// Show changes what the icon shows. The number of groups stays what it was.
func (i *Icon) Show(look Look) {
	i.mu.Lock()
	defer i.mu.Unlock()
	before := i.look
	i.look = look
	if i.ready && !i.closed {
		i.draw(before, look)
	}
}

// draw tells the library what is different. The lock is held.
func (i *Icon) draw(before, look Look) {
	if !bytes.Equal(before.ICO, look.ICO) {
		systray.SetIcon(look.ICO)
	}
	if before.Tooltip != look.Tooltip {
		systray.SetTooltip(look.Tooltip)
	}
	for number, group := range i.groups {
		var entries []Entry
		if number < len(look.Menu) {
			entries = look.Menu[number]
		}
		for at, s := range group {
			var entry Entry
			if at < len(entries) {
				entry = entries[at]
			}
			s.show(entry)
		}
	}
}

// show has the place show an entry. An ampersand in a label would mark a key.
func (s *slot) show(entry Entry) {
	before := s.entry
	s.entry = entry
	switch {
	case before == entry:
		return
	case entry.Label == "":
		s.item.Hide()
		return
	}
	s.item.SetTitle(strings.ReplaceAll(entry.Label, "&", "&&"))
	if entry.Enabled {
		s.item.Enable()
	} else {
		s.item.Disable()
	}
	if before.Label == "" {
		s.item.Show()
	}
}

// Close takes the icon away and returns when nothing of it runs any more.
func (i *Icon) Close() {
	i.mu.Lock()
	if i.closed {
		i.mu.Unlock()
		return
	}
	i.closed = true
	ready := i.ready
	i.mu.Unlock()
	close(i.done)
	if ready {
		systray.Quit()
		i.ended.Wait()
	}
}
