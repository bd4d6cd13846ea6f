package main

// The port of the core (struct hob_port), one exported function each. bridge.c
// has the C side. They run during a call into the core, on its goroutine.

// #include "bridge.h"
import "C"

import (
	"log/slog"
	"runtime/cgo"
	"unsafe"
)

// failed is what a port function answers when it could not do its work; the
// core knows no finer distinction.
const failed = C.int(C.HOB_ERR_STORAGE)

func coreOf(ctx unsafe.Pointer) *core {
	return cgo.Handle(C.bridge_handle(ctx)).Value().(*core)
}

// bytesAt views C memory, for the duration of the callback only.
func bytesAt(data *C.uint8_t, length C.size_t) []byte {
	return unsafe.Slice((*byte)(data), int(length))
}

func result(err error) C.int {
	if err != nil {
		return failed
	}
	return C.HOB_OK
}

//export goPinOutput
func goPinOutput(ctx unsafe.Pointer, pin C.uint8_t, level C.bool) C.int {
	return result(coreOf(ctx).pins.setOutput(int(pin), bool(level)))
}

//export goPinWrite
func goPinWrite(ctx unsafe.Pointer, pin C.uint8_t, level C.bool) {
	coreOf(ctx).pins.write(int(pin), bool(level))
}

//export goPinInput
func goPinInput(ctx unsafe.Pointer, pin C.uint8_t, pull C.int) C.int {
	return result(coreOf(ctx).pins.setInput(int(pin), pinPull(pull)))
}

//export goPinRead
func goPinRead(ctx unsafe.Pointer, pin C.uint8_t) C.bool {
	return C.bool(coreOf(ctx).pins.read(int(pin)))
}

//export goPinRelease
func goPinRelease(ctx unsafe.Pointer, pin C.uint8_t) {
	coreOf(ctx).pins.release(int(pin))
}

//export goPWMOpen
func goPWMOpen(ctx unsafe.Pointer, pin C.uint8_t, freqHz C.uint32_t, duty C.uint16_t) C.int {
	return result(coreOf(ctx).pins.setPWM(int(pin), uint32(freqHz), uint16(duty)))
}

//export goPWMWrite
func goPWMWrite(ctx unsafe.Pointer, pin C.uint8_t, duty C.uint16_t) {
	coreOf(ctx).pins.writePWM(int(pin), uint16(duty))
}

//export goStripOpen
func goStripOpen(ctx unsafe.Pointer, pin C.uint8_t, count C.uint16_t) C.int {
	return result(coreOf(ctx).pins.setStrip(int(pin), uint16(count)))
}

//export goStripFill
func goStripFill(ctx unsafe.Pointer, pin C.uint8_t, count C.uint16_t, a, b, c C.uint8_t) {
	coreOf(ctx).pins.fillStrip(int(pin), uint16(count), [3]byte{byte(a), byte(b), byte(c)})
}

//export goStorageRead
func goStorageRead(ctx unsafe.Pointer, slot C.int, buf *C.uint8_t, size C.size_t) C.int {
	n, err := coreOf(ctx).flash.read(int(slot), bytesAt(buf, size))
	if err != nil {
		return failed
	}
	return C.int(n)
}

//export goStorageWrite
func goStorageWrite(ctx unsafe.Pointer, slot C.int, data *C.uint8_t, length C.size_t) C.int {
	return result(coreOf(ctx).flash.write(int(slot), bytesAt(data, length)))
}

// The network that the board is to join is kept beside the core's slots.

//export goWifiRead
func goWifiRead(ctx unsafe.Pointer, buf *C.uint8_t, size C.size_t) C.int {
	n, err := coreOf(ctx).flash.read(wifiSlot, bytesAt(buf, size))
	if err != nil {
		return failed
	}
	return C.int(n)
}

//export goWifiWrite
func goWifiWrite(ctx unsafe.Pointer, data *C.uint8_t, length C.size_t) C.int {
	return result(coreOf(ctx).flash.write(wifiSlot, bytesAt(data, length)))
}

//export goSerialWrite
func goSerialWrite(ctx unsafe.Pointer, data *C.uint8_t, length C.size_t) {
	coreOf(ctx).host.serialWrite(bytesAt(data, length))
}

//export goConnSend
func goConnSend(ctx unsafe.Pointer, conn C.int, data *C.uint8_t, length C.size_t) C.int {
	return result(coreOf(ctx).host.connSend(int(conn), bytesAt(data, length)))
}

//export goConnClose
func goConnClose(ctx unsafe.Pointer, conn, code C.int, reason *C.char) {
	coreOf(ctx).host.connClose(int(conn), int(code), C.GoString(reason))
}

//export goUpdateBegin
func goUpdateBegin(ctx unsafe.Pointer, size C.uint32_t) C.int {
	return result(coreOf(ctx).slots.begin(int(size)))
}

//export goUpdateWrite
func goUpdateWrite(ctx unsafe.Pointer, at C.uint32_t, data *C.uint8_t, length C.size_t) C.int {
	return result(coreOf(ctx).slots.write(int(at), bytesAt(data, length)))
}

//export goUpdateRead
func goUpdateRead(ctx unsafe.Pointer, at C.uint32_t, buf *C.uint8_t, length C.size_t) C.int {
	return result(coreOf(ctx).slots.read(int(at), bytesAt(buf, length)))
}

//export goUpdateBoot
func goUpdateBoot(ctx unsafe.Pointer) C.int { return result(coreOf(ctx).slots.bootNext()) }

//export goUpdateOnTrial
func goUpdateOnTrial(ctx unsafe.Pointer) C.bool { return C.bool(coreOf(ctx).slots.onTrial()) }

//export goUpdateKeep
func goUpdateKeep(ctx unsafe.Pointer) C.int { return result(coreOf(ctx).slots.keep()) }

//export goRestart
func goRestart(ctx unsafe.Pointer) { coreOf(ctx).host.restartWanted() }

//export goAdoptionChanged
func goAdoptionChanged(ctx unsafe.Pointer) { coreOf(ctx).host.adoptionChanged() }

//export goStats
func goStats(ctx unsafe.Pointer, out *C.struct_hob_stats) {
	s := coreOf(ctx).host.stats()
	*out = C.struct_hob_stats{loop_us: C.uint32_t(s.loopUS)} // a process has no heap that ends
}

//export goLog
func goLog(ctx unsafe.Pointer, what C.int, detail C.int32_t) {
	level := slog.LevelInfo
	switch C.hob_log_level(C.enum_hob_log(what)) {
	case C.HOB_LOG_WARNING:
		level = slog.LevelWarn
	case C.HOB_LOG_ERROR:
		level = slog.LevelError
	}
	coreOf(ctx).host.logLine(level, C.GoString(C.hob_log_text(C.enum_hob_log(what))), int(detail))
}
