# Reference values for tests/test_nomination.py: run `Rscript nomination.R` in this folder.
# Writes the data (nomination_data.csv) and what R makes of them (nomination.csv).
suppressPackageStartupMessages(library(clubSandwich))
options(digits = 17)
set.seed(20251124)

N <- 120
unit <- paste0("u", sample(1:12, N, TRUE))
ability <- rnorm(N, 55, 9) + rnorm(12, 0, 4)[as.integer(factor(unit))]
pool <- data.frame(before = round(ability + rnorm(N, 0, 6)), unit)
pool$chosen <- pool$before <= 54
pool$after <- round(ability + 3 * pool$chosen + rnorm(N, 0, 6))
write.csv(pool, "nomination_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
keep <- function(set, what, value) out[[length(out) + 1]] <<- data.frame(set, what, value = unname(as.numeric(value)))
chosen <- subset(pool, chosen); others <- subset(pool, !chosen)
rho <- 0.62; rho_se <- 0.07

# independent people: Welch's interval of two means, one of them weighted, and the error of rho on top
r <- chosen$after - rho * chosen$before
w <- t.test(r, (1 - rho) * pool$before)
v <- w$stderr^2; gap <- mean(pool$before) - mean(chosen$before); total <- v + gap^2 * rho_se^2
dof <- total^2 / (v^2 / w$parameter)
est <- unname(w$estimate[1] - w$estimate[2])
keep("known", "estimate", est); keep("known", "std_error", w$stderr); keep("known", "dof", w$parameter)
keep("known", "ci_low", w$conf.int[1]); keep("known", "ci_high", w$conf.int[2]); keep("known", "p_value", w$p.value)
keep("estimated", "estimate", est); keep("estimated", "std_error", sqrt(total)); keep("estimated", "dof", dof)
keep("estimated", "ci_low", est - qt(.975, dof) * sqrt(total)); keep("estimated", "ci_high", est + qt(.975, dof) * sqrt(total))

# clusters: one stacked regression with two intercepts, weighted by the inverse variances
stack <- data.frame(y = c(r, pool$before), a = rep(c(1, 0), c(nrow(chosen), N)), b = rep(c(0, 1), c(nrow(chosen), N)),
                    unit = c(chosen$unit, pool$unit), w = rep(c(1 / var(r), 1 / var(pool$before)), c(nrow(chosen), N)))
fit <- lm(y ~ 0 + a + b, data = stack, weights = w)
V <- vcovCR(fit, cluster = stack$unit, type = "CR2", target = 1 / stack$w)
C <- matrix(c(1, -(1 - rho)), 1); cest <- sum(C * coef(fit)); cse <- sqrt(drop(C %*% as.matrix(V) %*% t(C)))
cdf <- Wald_test(fit, constraints = C, vcov = V, test = "HTZ")$df_denom  # of one contrast: Satterthwaite
keep("clusters", "estimate", cest); keep("clusters", "std_error", cse); keep("clusters", "dof", cdf)
keep("clusters", "ci_low", cest - qt(.975, cdf) * cse); keep("clusters", "ci_high", cest + qt(.975, cdf) * cse)

# the slope of people who were not chosen
s <- summary(lm(after ~ before, data = others))
keep("slope", "estimate", s$coefficients[2, 1]); keep("slope", "std_error", s$coefficients[2, 2])
f <- lm(after ~ before, data = others)
ct <- coef_test(f, vcov = vcovCR(f, cluster = others$unit, type = "CR2"), test = "Satterthwaite")
keep("slope_clusters", "std_error", ct$SE[2]); keep("slope_clusters", "dof", ct$df[2])
write.csv(do.call(rbind, out), "nomination.csv", row.names = FALSE, quote = FALSE)
