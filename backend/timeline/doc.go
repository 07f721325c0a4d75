// Package timeline tells what was: the changes of a device's status, and how much of the time it was up. What the figures are computed from
// is read once and kept, and every change is added as it is written.
package timeline
