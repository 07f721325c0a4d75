package wasim

// Stall holds back everything on its way to the linked devices that are connected now, or lets it through again, as when a
// line is congested. Nothing is lost, and what the clients send arrives. A client takes its pings' missing answers for a
// dead line after a while, and finds out that it lives when they come. It ends with the connection.
func (p *Phone) Stall(on bool) {
	for _, c := range p.account.connections() {
		c.stall(on)
	}
}

func (c *connection) stall(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case on && c.stalled == nil:
		c.stalled = make(chan struct{})
	case !on && c.stalled != nil:
		close(c.stalled)
		c.stalled = nil
	}
}

// awaitFlow waits until the line is not stalled. It returns false when the connection has ended.
func (c *connection) awaitFlow() bool {
	c.mu.Lock()
	stalled := c.stalled
	c.mu.Unlock()
	if stalled == nil {
		return true
	}
	select {
	case <-stalled:
		return true
	case <-c.ended:
		return false
	}
}
