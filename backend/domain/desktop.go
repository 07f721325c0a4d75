package domain

// Refuge is where the window goes when it is closed and the devices stay connected.
type Refuge string

// The refuges.
const (
	RefugeTray    Refuge = "tray"    // the tray icon brings it back
	RefugeTaskbar Refuge = "taskbar" // people see no tray icon: it is minimised
	RefugeDock    Refuge = "dock"    // the system keeps every program there; closing never quits
)

// Startup is whether Waflow starts with the system, as the system has it.
type Startup string

// The states of starting with the system.
const (
	StartupUnoffered Startup = ""      // this workspace does not: simulated phones, or no window
	StartupOff       Startup = "off"   // it does not start, or was turned off in the system's own settings
	StartupOn        Startup = "on"    // this program starts with this workspace
	StartupOther     Startup = "other" // another copy of the program starts in its place
)
