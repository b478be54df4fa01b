// Opening a TUN in another network namespace, and being asked to stop: what the forwarders share.
#pragma once
#include "common.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef TUN_F_USO4   // Linux 6.2; older headers do not know them
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static inline void stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = stop};   // no SA_RESTART: a wait must come back
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static inline int open_namespace(const char *netns)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s", strchr(netns, '/') ? "" : "/run/netns/", netns);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        error(EXIT_FAILURE, errno, "network namespace %s", path);
    return fd;
}

static inline void bring_up(const char *name)
{
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    int any_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any_socket < 0 || ioctl(any_socket, SIOCGIFFLAGS, &request) < 0)
        error(EXIT_FAILURE, errno, "%s: SIOCGIFFLAGS", name);
    request.ifr_flags |= IFF_UP;
    if (ioctl(any_socket, SIOCSIFFLAGS, &request) < 0)
        error(EXIT_FAILURE, errno, "%s: SIOCSIFFLAGS", name);
    close(any_socket);
}

// A TUN belongs to the namespace its opener is in, so the thread goes there and comes back.
static inline int open_tun(const char *netns, const char *name, int offload)
{
    if (strlen(name) >= IFNAMSIZ)
        error(EXIT_USAGE, 0, "%s: an interface name has at most %d characters", name, IFNAMSIZ - 1);
    int home = open_namespace("/proc/self/ns/net");
    int there = open_namespace(netns);
    if (setns(there, CLONE_NEWNET) < 0)
        error(EXIT_FAILURE, errno, "%s: setns (needs CAP_SYS_ADMIN; run as root or inside 'unshare -Urn')", netns);

    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0)
        error(EXIT_FAILURE, errno, "/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0)};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(tun, TUNSETIFF, &request) < 0)
        error(EXIT_FAILURE, errno, "%s: TUNSETIFF", name);
    unsigned mask = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_USO4 | TUN_F_USO6;
    if (offload && ioctl(tun, TUNSETOFFLOAD, mask) < 0)
        error(EXIT_FAILURE, errno, "%s: TUNSETOFFLOAD", name);
    bring_up(name);

    if (setns(home, CLONE_NEWNET) < 0)
        error(EXIT_FAILURE, errno, "setns back");
    close(there);
    close(home);
    return tun;
}
