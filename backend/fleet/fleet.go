package fleet

import (
	"context"
	"sync"

	"waflow/backend/domain"
	"waflow/backend/events"
)

// Store is what the fleet keeps on disk. Its errors are *domain.Error where a person can act on them.
type Store interface {
	CreateSubaccount(ctx context.Context, s domain.Subaccount) (domain.Subaccount, error)
	RenameSubaccount(ctx context.Context, id domain.SubaccountID, name, initials string) (domain.Subaccount, error)
	SetKeepDeleted(ctx context.Context, id domain.SubaccountID, keep bool) (domain.Subaccount, error)
	SetFetchPolicy(ctx context.Context, id domain.SubaccountID, p domain.FetchPolicy) (domain.Subaccount, error)
	SetSubaccountNotify(ctx context.Context, id domain.SubaccountID, notify domain.NotifySwitch) (domain.Subaccount, error)
	SetBusinessHours(ctx context.Context, id domain.SubaccountID, hours domain.BusinessHours) (domain.Subaccount, error)
	Subaccounts(ctx context.Context) ([]domain.Subaccount, error)
	CreateDevice(ctx context.Context, d domain.Device) (domain.Device, error)
	UpdateDevice(ctx context.Context, ref domain.DeviceRef, patch domain.DevicePatch) (domain.Device, error)
	// RemoveDevice returns the session files that nothing uses any more.
	RemoveDevice(ctx context.Context, ref domain.DeviceRef, erase bool) ([]string, error)
	RemovedDevices(ctx context.Context) ([]domain.RemovedDevice, error)
	RemovalLoss(ctx context.Context, ref domain.DeviceRef) (domain.RemovalLoss, error)
	ActiveLinks(ctx context.Context) ([]domain.Link, error)
	Devices(ctx context.Context) ([]domain.Device, error)
	Device(ctx context.Context, id domain.DeviceID) (domain.Device, error)
	RecordState(ctx context.Context, change domain.StateChange) error
	History(ctx context.Context, ref domain.DeviceRef, limit int) ([]domain.StateChange, error)
}

// Pool is what keeps the devices connected. Only Remove and Unlink wait for the network, bounded by ctx.
type Pool interface {
	Add(d domain.Device, file string)
	Remove(ctx context.Context, id domain.DeviceID) error
	Pair(ctx context.Context, d domain.Device) error
	RenewPairing(ctx context.Context, d domain.Device, number string) error
	CancelPairing(id domain.DeviceID)
	PairingOf(id domain.DeviceID) (domain.PairingStep, bool)
	TryNow(id domain.DeviceID) error
	Pause(id domain.DeviceID) error
	Resume(id domain.DeviceID) error
	TakeBack(id domain.DeviceID) error
	CheckNow(id domain.DeviceID) error
	Unlink(ctx context.Context, id domain.DeviceID) error
	Discard(files []string)
}

// Fleet is the use cases of subaccounts and devices. Its methods may be called from any goroutine.
type Fleet struct {
	store  Store
	pool   Pool
	bus    *events.Bus
	told   func(domain.Subaccount)
	screen *screen

	// naming makes looking at the names in use and adding one a single step.
	naming sync.Mutex
}

// New returns the fleet over its parts. notify is told when a subaccount's switch of notifications changed; it must not block.
func New(store Store, pool Pool, bus *events.Bus, notify func(domain.Subaccount)) *Fleet {
	return &Fleet{store: store, pool: pool, bus: bus, told: notify, screen: newScreen(bus)}
}
