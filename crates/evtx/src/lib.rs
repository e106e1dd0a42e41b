//! begat-evtx
