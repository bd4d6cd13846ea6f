package main

// #cgo CFLAGS: -std=c11 -O2 -Wall -Wextra -I${SRCDIR}/../core -I${SRCDIR}/../port -I${SRCDIR}/../psa
// #cgo LDFLAGS: -lpthread
// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// resetReason says why a board started.
type resetReason string

// The reasons that docs/wire.md knows.
const (
	resetPowerOn  resetReason = "power_on"
	resetRestart  resetReason = "restart"
	resetWatchdog resetReason = "watchdog"
	resetBrownout resetReason = "brownout"
	resetPanic    resetReason = "panic"
	resetUnknown  resetReason = "unknown"
)

func (r resetReason) code() (C.enum_hob_reset, bool) {
	switch r {
	case resetPowerOn:
		return C.HOB_RESET_POWER_ON, true
	case resetRestart:
		return C.HOB_RESET_RESTART, true
	case resetWatchdog:
		return C.HOB_RESET_WATCHDOG, true
	case resetBrownout:
		return C.HOB_RESET_BROWNOUT, true
	case resetPanic:
		return C.HOB_RESET_PANIC, true
	case resetUnknown:
		return C.HOB_RESET_UNKNOWN, true
	}
	return 0, false
}

// maxMessage is the longest WebSocket message of a link, in bytes.
const maxMessage = C.HOB_MAX_MESSAGE

// closeRestart is the close code of a board that restarts.
const closeRestart = int(C.HOB_CLOSE_RESTART)

// engine is what boards that are driven one at a time share: the scratch memory
// of the core, and the lock that makes sure of the one at a time. The
// cryptography is shared by all engines and has a lock of its own.
type engine struct {
	crypto  *C.struct_bridge_crypto
	scratch *C.struct_hob_scratch

	mu sync.Mutex // held during every call into the core
}

// newEngines makes n engines. free gives their memory back, after the last board.
func newEngines(n int) (engines []*engine, free func(), err error) {
	crypto := C.bridge_crypto_new()
	if crypto == nil {
		return nil, nil, errors.New("cryptography does not start: is the library built with ChaCha20-Poly1305?")
	}
	free = func() {
		for _, e := range engines {
			C.free(unsafe.Pointer(e.scratch))
		}
		C.bridge_crypto_free(crypto)
	}
	for range n {
		scratch := C.bridge_scratch_new()
		if scratch == nil {
			free()
			return nil, nil, errors.New("no memory")
		}
		engines = append(engines, &engine{crypto: crypto, scratch: scratch})
	}
	return engines, free, nil
}

// coreHost is what the core tells the board around it; callbacks come on the
// goroutine that called into the core, during that call.
type coreHost interface {
	connSend(conn int, message []byte) error
	connClose(conn, code int, reason string)
	restartWanted()
	adoptionChanged()
	stats() coreStats
	serialWrite(answer []byte)
	logLine(level slog.Level, text string, detail int)
}

// coreStats is what the board knows for a stats frame.
type coreStats struct {
	loopUS uint32
}

// core is one running instance of the firmware core. It belongs to one
// goroutine; free ends it, which is what a power cut does.
type core struct {
	eng    *engine
	c      *C.struct_bridge
	board  *C.struct_hob_board
	handle cgo.Handle

	pins    *pinBank
	flash   *flash
	slots   *slots
	host    coreHost
	sensors sensorSource
}

// coreOptions says what a board is; see struct hob_options.
type coreOptions struct {
	id, chip, fw string
	buildUnixMS  uint64
	pins         *pinBank
	flash        *flash
	slots        *slots
	updateKey    []byte // who may sign updates; nil: nobody
	security     uint16
	slot         uint8 // that this firmware runs from, counted from 1
	host         coreHost
	sensors      sensorSource // nil: none of them answers
}

// startCore gives power to a board: its outputs have their boot state when this
// returns.
func startCore(eng *engine, opt coreOptions, reset resetReason, nowMS uint64) (*core, error) {
	reason, ok := reset.code()
	if !ok {
		return nil, fmt.Errorf("no reset reason %q", reset)
	}
	c := &core{eng: eng, pins: opt.pins, flash: opt.flash, slots: opt.slots, host: opt.host, sensors: opt.sensors}
	if c.sensors == nil {
		c.sensors = noSensors{}
	}
	c.handle = cgo.NewHandle(c)
	id, chip, fw := C.CString(opt.id), C.CString(opt.chip), C.CString(opt.fw)
	defer func() {
		C.free(unsafe.Pointer(id))
		C.free(unsafe.Pointer(chip))
		C.free(unsafe.Pointer(fw))
	}()
	c.c = C.bridge_new(C.uintptr_t(c.handle), id, chip, fw, C.uint64_t(opt.buildUnixMS), eng.crypto, eng.scratch)
	if c.c == nil {
		c.handle.Delete()
		return nil, errors.New("no memory for a board")
	}
	C.bridge_updates(c.c, (*C.uint8_t)(unsafe.SliceData(opt.updateKey)), C.uint16_t(opt.security), C.uint8_t(opt.slot))
	c.board = C.bridge_board(c.c)
	eng.mu.Lock()
	result := C.bridge_start(c.c, reason, C.uint64_t(nowMS))
	eng.mu.Unlock()
	if result != C.HOB_OK {
		c.free()
		return nil, fmt.Errorf("board %s (%s, %q) does not start: %s", opt.id, opt.chip, opt.fw, errName(result))
	}
	return c, nil
}

// free ends the instance at once: nothing is said and nothing is stored.
func (c *core) free() {
	C.bridge_free(c.c)
	c.handle.Delete()
}

func errName(result C.int) string { return C.GoString(C.hob_err_name(result)) }

// coreError is a negative result of the core.
func coreError(op string, result C.int) error {
	if result >= 0 {
		return nil
	}
	return fmt.Errorf("%s: %s", op, errName(result))
}

// tick does what is due and gives the time until the next call in ms.
func (c *core) tick(nowMS uint64) uint32 {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	return uint32(C.hob_tick(c.board, C.uint64_t(nowMS)))
}

func (c *core) inputEdge(e pinChange, nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.hob_input_edge_at(c.board, C.uint8_t(e.pin), C.bool(e.level), C.uint64_t(e.upMS), C.uint64_t(nowMS))
}

// coreConns is how many connections a core serves at once.
const coreConns = C.HOB_MAX_CONNS

// connOpen gives the number of a new connection, for which the core may close
// one that has not proved itself; it fails when there is no such one.
func (c *core) connOpen(nowMS uint64) (int, error) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	n := C.hob_conn_open(c.board, C.uint64_t(nowMS))
	return int(n), coreError("open connection", n)
}

// connMessage hands over a message. An error means that the core has closed the
// connection.
func (c *core) connMessage(conn int, message []byte, nowMS uint64) error {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	data := (*C.uint8_t)(unsafe.SliceData(message))
	return coreError("message", C.hob_conn_message(c.board, C.int(conn), data, C.size_t(len(message)), C.uint64_t(nowMS)))
}

func (c *core) connViolation(conn int, nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.hob_conn_violation(c.board, C.int(conn), C.uint64_t(nowMS))
}

func (c *core) connClosed(conn int, nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.hob_conn_closed(c.board, C.int(conn), C.uint64_t(nowMS))
}

// serial hands over what came over the cable; answers go to the host meanwhile.
func (c *core) serial(data []byte, online bool, nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.bridge_serial(c.c, (*C.uint8_t)(unsafe.SliceData(data)), C.size_t(len(data)), C.bool(online), C.uint64_t(nowMS))
}

func (c *core) bootButtonHeld(nowMS uint64) error {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	return coreError("open adoption", C.hob_boot_button_held(c.board, C.uint64_t(nowMS)))
}

// shutdown prepares for a planned end: sessions are closed with 4007.
func (c *core) shutdown(nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.hob_shutdown(c.board, C.uint64_t(nowMS))
}

func (c *core) setNetwork(up bool, nowMS uint64) {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	C.hob_set_network(c.board, C.bool(up), C.uint64_t(nowMS))
}

// coreStatus is how a board sees itself.
type coreStatus struct {
	adopted      bool
	adoptionOpen bool
	session      bool
	config       string
	bootID       string
	setupCode    string // "" when there is none
}

// stateName is what the announcement says.
func (s coreStatus) stateName() string {
	if s.adopted {
		return "adopted"
	}
	return "new"
}

func (c *core) status(nowMS uint64) coreStatus {
	c.eng.mu.Lock()
	defer c.eng.mu.Unlock()
	var s C.struct_hob_status
	C.hob_get_status(c.board, &s, C.uint64_t(nowMS))
	var code [C.HOB_SETUP_CODE_SIZE]C.char
	length := max(0, C.hob_setup_code(c.board, &code[0]))
	return coreStatus{
		adopted:      bool(s.adopted),
		adoptionOpen: bool(s.adoption_open),
		session:      bool(s.session),
		config:       C.GoString(&s.config[0]),
		bootID:       C.GoString(&s.boot[0]),
		setupCode:    C.GoStringN(&code[0], length),
	}
}
